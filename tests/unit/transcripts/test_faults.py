"""All files of the shared faults that are read as single files, as expected beside each."""

from __future__ import annotations

import pytest

from tests.unit.transcripts.expectations import FAULTS, Fault, read_faults

# Those that are still to be mended, a line each: whoever mends one takes its line out.
NOT_YET: frozenset[str] = frozenset()
READ = [
    pytest.param(fault, id=fault.path.name, marks=[pytest.mark.xfail] if fault.path.name in NOT_YET else [])
    for fault in read_faults()
]


@pytest.mark.skipif(not READ, reason=f"the shared faults are not at {FAULTS}")
@pytest.mark.parametrize("fault", READ)
def test_a_file_is_read_as_expected(fault: Fault) -> None:
    assert fault.problems() == []
