"""People of concern, and plans for one agency's staff."""

import pytest

from domain.errors import AlreadyUsed, BadInput
from domain.people import PersonOfConcern, PersonOfConcernRecorded, RecordPersonOfConcern
from domain.plans import PlanRecorded, RecordPlan
from domain.vocabulary import AgeBasis, Onward, PersonKind
from tests.domain.builders import LEAD, POLICE, SCHOOL, Story, a_justification, an_act

MARLOW = RecordPersonOfConcern(
    id="X1", justification="J1", kind=PersonKind.ALLEGED_PERPETRATOR, name="K. Marlow", age=24,
    age_basis=AgeBasis.ESTIMATE, ethnicity="white_british", ethnicity_view="officer's view", vehicle="grey hatchback",
    description="tall", perpetrator_type=("unknown",), onward_sharing=Onward.ASK_ORIGINATOR,
)  # fmt: skip
PLAN = RecordPlan(id="N1", justification="J2", for_agency=SCHOOL, text="If she leaves site: 999.")


@pytest.fixture
def story() -> Story:
    return Story().says(POLICE, a_justification("J1")).says(LEAD, a_justification("J2"))


def test_a_person_of_concern_is_recorded_as_far_as_known(story):
    """Form Section 1 A, "Perpetrator"."""
    assert [
        PersonOfConcernRecorded(
            person="X1",
            justification="J1",
            content=PersonOfConcern(
                kind=PersonKind.ALLEGED_PERPETRATOR, name="K. Marlow", age=24, age_basis=AgeBasis.ESTIMATE,
                ethnicity="white_british", ethnicity_view="officer's view", vehicle="grey hatchback",
                description="tall", perpetrator_type=("unknown",),
            ),
            onward_sharing=Onward.ASK_ORIGINATOR,
            **an_act(POLICE, story.now).stamp,
        )
    ] == story.would(POLICE, MARLOW)  # fmt: skip


def test_a_person_of_concern_is_an_item_that_may_ask_to_be_asked_about(story):
    """`ask_originator` is kept with the version."""
    story.says(POLICE, MARLOW)

    assert story.case.items["person:X1"][0].ask_originator


def test_a_person_nothing_is_known_of_may_be_recorded(story):
    """Each part only if known."""
    unknown = RecordPersonOfConcern(id="X2", justification="J1", kind=PersonKind.ASSOCIATE)
    story.says(POLICE, unknown)

    assert PersonOfConcern(kind=PersonKind.ASSOCIATE) == story.case.items["person:X2"][0].content


def test_a_reference_names_one_person(story):
    """A reference in use is refused."""
    story.says(POLICE, MARLOW)

    with pytest.raises(AlreadyUsed):
        story.would(POLICE, MARLOW)


def test_an_ethnicity_is_one_the_form_prints(story):
    """A description from the form's table."""
    odd = RecordPersonOfConcern(id="X2", justification="J1", kind=PersonKind.ASSOCIATE, ethnicity="not printed")

    with pytest.raises(BadInput) as refused:
        story.would(POLICE, odd)

    assert "ethnicity" == refused.value.field


def test_a_plan_tells_one_agencys_staff_what_to_do(story):
    """It names the agency it is for."""
    assert [
        PlanRecorded(
            plan="N1", justification="J2", for_agency=SCHOOL, text="If she leaves site: 999.",
            **an_act(LEAD, story.now).stamp,
        )
    ] == story.would(LEAD, PLAN)  # fmt: skip


def test_a_plan_written_again_is_a_new_version_of_it(story):
    """`plan:<agency>` is one item."""
    story.says(LEAD, PLAN, RecordPlan(id="N2", justification="J2", for_agency=SCHOOL, text="Stay with her."))

    assert ["If she leaves site: 999.", "Stay with her."] == [v.content for v in story.case.items["plan:school"]]
