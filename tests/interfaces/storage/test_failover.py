"""The primary is killed under its writers: nothing acknowledged is lost, and the writers go on with the standby."""

from tests.faults.failover import a_round


def test_nothing_acknowledged_is_lost_when_the_primary_is_killed() -> None:
    """Every command somebody was told of is on the promoted standby once, with its content and under its number;
    none is reported refused and stored all the same; writing goes on; the old primary is behind.
    """
    outcome = a_round(writers=4, seconds=1)

    assert 0 == outcome.lost
    assert 0 == outcome.unacknowledged
    assert [0, 0, 0, 0] == [one.refused_but_stored for one in outcome.told]
    assert 0 < outcome.written_after
    assert outcome.old_primary_is_behind
    assert outcome.passed
