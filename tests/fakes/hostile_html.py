"""HTML that costs far more than its length says."""


def reopened_formatting(blocks: int = 1_000) -> str:
    """Paragraphs in each of which a parser opens 390 elements again: 0.14 MB of memory for three bytes."""
    return f"<p>{''.join(f'<b id={number}>' for number in range(390))}</p>{'<p>x' * blocks}"
