"""The instrument says what the toolkit prints. Every expected word here was retyped from the printed toolkit."""

import ast
import inspect
import sys
from datetime import date
from importlib import resources
from typing import Any

import msgspec
import pytest

import domain.instrument
from domain.instrument import (
    CURRENT,
    Instrument,
    NotPrinted,
    PartnerCode,
    UnknownVersion,
    instrument,
    read,
    versions,
)

QUESTIONS: dict[int, tuple[str, dict[int, tuple[str, ...]]]] = {
    1: (
        "Missing Episodes",
        {
            1: ("No missing episodes.",),
            2: ("Stays out late, no missing",),
            3: (
                "Occasionally truants, goes missing, prolonged episodes",
                "Occasionally goes missing, short episodes.",
            ),
            4: ("Frequent truanting or short missing episodes.",),
            5: ("Frequent and prolonged truanting or missing episodes.",),
        },
    ),
    2: (
        "Education",
        {
            1: ("Engaged in full time education, training or employment",),
            2: (
                "Registered in full time education, irregular attendance",
                "Young person is attending PRU/receiving private tuition (full time equivalent).",
                "Young person is attending college or a training scheme (part time or irregular attendance)"
                " or is employed on a part time basis",
            ),
            3: (
                "Young person excluded from school, no provision being made",
                "Young person undertaking some education or training (part time). Poor attendance.",
                "Young person is attending PRU/receiving private tuition (not full time)",
            ),
            4: (
                "Not engaged in full time education, training or employment"
                " BUT shows an interest in accessing opportunities.",
            ),
            5: (
                "Not engaged in education, training or employment."
                " Shows no interest in accessing educational or training opportunities.",
            ),
        },
    ),
    3: (
        "Drug use",
        {
            1: ("No concerns.",),
            2: ("Some concern about use of drugs.",),
            3: ("Problematic drug use, of concern.",),
            4: ("Suspected drug use or dependency.",),
            5: ("Drug use known-disclosure. Appears dependent on drugs.",),
        },
    ),
    4: (
        "Relationship with carers",
        {
            1: ("Significant understanding and good communication.",),
            2: ("Some mutual understanding and positive communication.",),
            3: ("Some mutual understanding. Poor communication.",),
            4: ("Poor and negative communication, some warmth.",),
            5: ("Poor communication, low warmth, attachment or trust.",),
        },
    ),
    5: (
        "Accommodation",
        {
            1: ("Young person is satisfied with accommodation. Meets the young person's needs.",),
            2: (
                "Young person is generally satisfied with accommodation."
                " Accommodation meets most of the needs of young person."
                " Some concerns about longer term stability.",
            ),
            3: ("Unstable or unsuitable accommodation. Young person is not satisfied where they are living.",),
            4: ("In temporary accommodation.",),
            5: ("Homeless",),
        },
    ),
    6: (
        "Alcohol Use",
        {
            1: ("No concerns",),
            2: ("Some concerns about use of alcohol.",),
            3: ("Moderate alcohol use, increasing concerns.",),
            4: ("Alcohol dependency suspected.",),
            5: ("Young person is dependent on alcohol",),
        },
    ),
    7: (
        "Risk to others",
        {
            1: ("No concerns about placing others at risk.",),
            2: ("Reduced concerns about influence on other young people",),
            3: ("Some concerns raised about influence on other young people.",),
            4: ("Concerns raised that young person may be exposing other young people to risk",),
            5: ("Places other young people at risk.",),
        },
    ),
    8: (
        "Rights and Risk awareness (relating to consent)",
        {
            1: ("Asserts own rights, recognises risk and exploitation.",),
            2: ("Knows rights and risk in self and others.",),
            3: ("Some sense of own and others' rights.",),
            4: ("No awareness of own, some sense of others.",),
            5: ("No awareness or assertion of rights.",),
        },
    ),
    9: (
        "Engagement with your service",
        {
            1: ("Good engagement,",),
            2: ("Reasonable engagement, regular contact.",),
            3: ("Some engagement with service, occasional contact.",),
            4: ("Brief engagement with service: early stages or sporadic contact.",),
            5: ("Not engaging with service/no contact",),
        },
    ),
    10: (
        "Sexual health awareness",
        {
            1: ("Good engagement with sexual health issues / no longer at risk",),
            2: ("Engaging with sexual health issues / reduced risks to health",),
            3: ("Young person is beginning to engage with sexual health issues / decreasing risk to health",),
            4: ("Minimal engagement with sexual health issues / health is at risk",),
            5: ("No engagement with sexual health issues / health is at risk",),
        },
    ),
    11: (
        "Do you know if the perpetrator/s has been involved in similar behaviour before?",
        {1: ("Not known",), 4: ("Suspected to have been involved",), 5: ("Yes",)},
    ),
}

TICK_LISTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "looked_after_status": (
        "B",
        "Looked After Status",
        (
            "Lives with family, no experience of care",
            "Young person is looked after: foster family",
            "Lives with family members, previous experience or care",
            "Young person is looked after: residential unit",
            "Care Leaver",
            "Young person is in Secure/Custody",
            "Supported Accommodation",
            "Independent/Co-habiting",
            "Hostel/Bed & Breakfast",
            "Other (please state)",
        ),
    ),
    "education_status": (
        "C",
        "Education/Training/Employment Status",
        (
            "At school (full-time)",
            "Temporary Exclusion",
            "At School (part-time table)",
            "Permanent Exclusion",
            "At College (full-time)",
            "Not on school roll",
            "At College (part-time table)",
            "Vocational Training",
            "Pupil Referral Unit",
            "No longer in education",
            "Other (please state)",
            "In employment",
        ),
    ),
    "basis_of_concerns": (
        "D",
        "Basis of CSE Concerns",
        (
            "Disclosure of exploitation",
            "Going missing",
            "Incident or suspected incident of sexual exploitation",
            "Breakdown in communication with carers",
            "Concerns about relationship with older male/female",
            "Unexplained money or items",
            "Alcohol/drug use",
            "Changed behaviour",
            "Peers involved in prostitution",
            "Other (please state)",
        ),
    ),
    "perpetrator_type": (
        "E",
        "Actual/Suspected Perpetrator of CSE",
        (
            "Older boyfriend/girlfriend",
            "Group of young people",
            "Peer boyfriend/girlfriend",
            "Relative/s",
            "Single Adult",
            "Unknown",
            "Group of Adults",
            "Other (please state)",
            "Single young person",
        ),
    ),
    "method_of_coercion": (
        "F",
        "Actual/Suspected Method of Coercion",
        (
            "Grooming by an individual",
            "Use of indecent pictures to force / coerce child",
            "Pressure from exploited peer",
            "Gifts (e.g. phone top ups)",
            "Gang or group related",
            "Through social networking sites",
            "Unknown",
            "Other (please state)",
            "Drugs or Alcohol",
        ),
    ),
}

PERSONAL_INFORMATION = {
    "client": (
        "Client",
        {
            "client_name": "Client's Name",
            "client_gender": "Gender",
            "client_date_of_birth": "Date of Birth",
            "client_address": "Address",
            "client_postcode": "Postcode",
            "client_ethnicity": "Ethnicity (see adjacent table for codes)",
            "client_disability": "Disability (if known, pleases specify)",
        },
    ),
    "perpetrator": (
        "Perpetrator",
        {
            "perpetrator_names": "Perpetrators' Name/s (if known)",
            "perpetrator_ethnicity": "Ethnicity (if known)",
            "perpetrator_ages": "Age/s of Perpetrators (actual/estimate)",
        },
    ),
    "agency": (
        "Agency",
        {
            "worker_name": "Worker's Name",
            "agency_name": "Agency Name",
            "agency_address": "Address",
            "agency_phone_email": "Phone / Email",
            "client_has_social_worker": "Does the client have a social worker?",
            "date_form_completed": "Date form completed",
        },
    ),
}

# printed code, key, description as printed, police 16+1, police 18+1, NHS 2001; "~" marks a nearest code
ETHNICITIES = [
    ("W2", "white_british", "White British", "W1", "W1", "A"),
    ("W9", "white_irish", "White Irish", "W2", "W2", "B"),
    ("M1", "white_other", "Any other white background", "W9", "W9", "C"),
    ("M2", "mixed_white_black_caribbean", "White and Black Caribbean", "M1", "M1", "D"),
    ("M3", "mixed_white_black_african", "White and Black African", "M2", "M2", "E"),
    ("M9", "mixed_white_asian", "White and Asian", "M3", "M3", "F"),
    ("A1", "mixed_other", "Any other mixed background", "M9", "M9", "G"),
    ("A2", "asian_indian", "Indian", "A1", "A1", "H"),
    ("A3", "asian_pakistani", "Pakistani", "A2", "A2", "J"),
    ("A9", "asian_bangladeshi", "Bangladeshi", "A3", "A3", "K"),
    ("B1", "chinese", "Chinese", "O1", "A4", "R"),
    ("B2", "asian_other", "Any other Asian background", "A9", "A9", "L"),
    ("B9", "black_caribbean", "Caribbean", "B1", "B1", "M"),
    ("01", "black_african", "African", "B2", "B2", "N"),
    ("02", "black_other", "Any other black background", "B9", "B9", "P"),
    ("03", "arab", "Arab", "~O9", "O2", "~S"),
    ("04", "other", "Any other ethnic background", "O9", "O9", "S"),
    ("05", "not_known_or_prefer_not_to_say", "Not Known / Prefer not to say", "~NS", "~NS", None),
]

GROUPS_MOST_AT_RISK = (
    "Who have a history of running away or of going missing from care or home",
    "With special educational needs",
    "Leaving residential and foster care",
    "Who are migrants",
    "Who are unaccompanied asylum seekers, who may be particularly vulnerable to being coerced / trafficked"
    " into prostitution",
    "With persistent school absence",
    "Who have disengaged from education, or have been excluded",
    "Who are abusing drugs and alcohol, and those involved in gangs;",
    "Who have previously been sexually abused at home, and/or are living with domestic violence",
    "Who are being looked after by the local authority or are care leavers",
    "Who are homeless",
    "Who are isolated from peers and/or are being bullied at school;",
    "Who are estranged from their families",
    "Who lack self-esteem",
    "Who self harm",
    "Who have no financial support",
    "Who have a past history of sexual or physical abuse",
    "Who may have attempted suicide",
    "Who are young men unsure of their sexuality",
)

SIGNS = (
    (
        "Physical symptoms",
        "for example, sexually transmitted infections, or bruising suggestive of physical or sexual assault",
    ),
    ("Prostitution", "Reports from reliable sources, suggesting involvement in prostitution"),
    ("Crime", "involved in petty theft from shops"),
    (
        "Multiple older partners",
        "Repeatedly consorting with unknown adults by phone or internet outside of the usual range of social or"
        " family contacts and/or other children known to be involved in prostitution",
    ),
    (
        "Unexplained income",
        "Accounts of social activities with no plausible explanation of the source of necessary income",
    ),
    (
        "Acquisition of expensive items",
        "clothes/mobile phones/other expensive possessions without plausible explanation",
    ),
    ("Money", "Possession of large amounts of money without plausible explanation"),
    ("Poor family relationships", "hostility in relationship with parents/carers and other family members"),
    ("Staying Out all night", "Frequent reports of staying out overnight"),
    ("Missing", "Episodes of running away/going missing"),
    ("Persistent absconding", "from placement, or late return without plausible explanation"),
    ("Returning from running away/going missing", "looking well cared for, despite having no known base"),
    ("Unusually long absconding", "from placement with no known base"),
    ("Pattern of street homelessness", None),
    ("Having keys to other premises", "other than those known about"),
    ("Absence from school", "Persistent unexplained absence from school"),
    ("History of sexual abuse", None),
    ("History of neglectful and/or emotionally abusive care", None),
    ("Substance misuse", "regular drug or alcohol misuse affecting the young person's ability to function"),
    (
        "Despair/self-harm",
        "including statements of intent to harm self, severe sleep disturbance, self-harming through cutting or"
        " overdose, eating disorder, intensive acting out, including promiscuity",
    ),
    (
        "Volatile, aggressive behaviour",
        "risk taking behaviour that makes the young person vulnerable and puts others at risk",
    ),
)

LEGAL_CLAUSE = (
    "within a CP Plan an outcome should include if significant concerns occur then Children's Social Care will"
    " discuss with the Legal. Team."
)


@pytest.fixture
def form() -> Instrument:
    return instrument()


def data_text() -> str:
    return (resources.files("domain") / "instruments" / f"{CURRENT}.toml").read_text(encoding="utf-8")


def damaged(printed: str, instead: str) -> str:
    """The data with the first occurrence of one piece of it changed."""
    text = data_text()
    assert printed in text
    return text.replace(printed, instead, 1)


# The version ----------------------------------------------------------------------------------------------------------


def test_current_instrument_is_the_toolkit_of_march_2015(form: Instrument) -> None:
    """Version 1 (March 2015) of the Hillingdon toolkit is the one in force."""
    said = (form.version, form.in_force_from, form.toolkit_edition, form.toolkit_kind, form.toolkit_title)

    assert said == (
        "hillingdon-2015-03",
        date(2015, 3, 1),
        "Version 1 (March 2015)",
        "Professionals Toolkit",
        "Identifying and responding to Child Sexual Exploitation",
    )


def test_form_bears_its_printed_headings(form: Instrument) -> None:
    """The form is headed by the Board, its name and the titles of its two sections."""
    headings = (form.board, form.title, form.section_1.title, form.section_2.title)

    assert headings == (
        "Hillingdon Safeguarding Children's Board",
        "Child Sexual Exploitation (CSE) Monitoring & Assessment Tool",
        "Child (Victim), Perpetrator & Agency Information",
        "Risk Assessment",
    )
    assert (form.section_1.number, form.section_2.number) == (1, 2)


def test_every_version_held_is_named_as_its_file_is() -> None:
    """A record that names a version finds that version and no other."""
    assert versions() == ("hillingdon-2015-03",)
    assert [instrument(version).version for version in versions()] == list(versions())


def test_instrument_is_read_once() -> None:
    """Asking for the current version and for its name gives one and the same value."""
    assert instrument() is instrument("hillingdon-2015-03")


@pytest.mark.parametrize("version", ["hillingdon-2031-01", "", "../instruments/hillingdon-2015-03"])
def test_unknown_version_is_refused_naming_those_held(version: str) -> None:
    """A version that is not held is never guessed at."""
    with pytest.raises(UnknownVersion, match="there is hillingdon-2015-03") as refusal:
        instrument(version)

    assert (refusal.value.version, refusal.value.held) == (version, ("hillingdon-2015-03",))


def test_instrument_cannot_be_changed(form: Instrument) -> None:
    """What is printed stays as printed."""
    with pytest.raises(AttributeError):
        form.question(1).title = "Something else"  # type: ignore[misc]


# Section 1 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", PERSONAL_INFORMATION)
def test_personal_information_has_the_printed_fields(form: Instrument, key: str) -> None:
    """Section 1 A asks about the client, the perpetrator and the agency, in the form's words and order."""
    group = form.group(key)
    title, labels = PERSONAL_INFORMATION[key]

    assert (group.title, {field.key: field.label for field in group.fields}) == (title, labels)
    assert [field.key for field in group.fields] == list(labels)


def test_personal_information_stands_under_a(form: Instrument) -> None:
    """Section 1 A is headed Personal Information and has three groups, in this order."""
    a = form.section_1.personal_information

    assert (a.letter, a.title) == ("A", "Personal Information")
    assert [group.key for group in a.groups] == ["client", "perpetrator", "agency"]


def test_misprint_in_the_disability_field_stands_with_its_reading_beside_it(form: Instrument) -> None:
    """Form wording is verbatim; a misprint keeps its correction beside it."""
    field = form.group("client").field("client_disability")

    assert (field.label, field.corrected) == (
        "Disability (if known, pleases specify)",
        "Disability (if known, please specify)",
    )


def test_several_perpetrators_may_be_named_each_with_an_actual_or_estimated_age(form: Instrument) -> None:
    """The form prints Name/s and Age/s (actual/estimate)."""
    group = form.group("perpetrator")

    assert group.repeats
    assert group.field("perpetrator_ages").bases == ("actual", "estimate")
    assert [field.key for field in group.fields if field.if_known] == ["perpetrator_names", "perpetrator_ethnicity"]


@pytest.mark.parametrize("key", TICK_LISTS)
def test_tick_list_has_the_printed_options_in_the_printed_order(form: Instrument, key: str) -> None:
    """Section 1 B to F, read row by row, left box then right box."""
    ticks = form.tick_list(key)

    assert (ticks.letter, ticks.title, tuple(option.text for option in ticks.options)) == TICK_LISTS[key]
    assert [option.column for option in ticks.options] == [1 + place % 2 for place in range(len(ticks.options))]


def test_tick_lists_are_b_to_f(form: Instrument) -> None:
    """Five lists follow A, in the order of their letters."""
    assert [ticks.key for ticks in form.tick_lists] == list(TICK_LISTS)


@pytest.mark.parametrize("key", TICK_LISTS)
def test_other_must_be_stated(form: Instrument, key: str) -> None:
    """Each list ends in or holds "Other (please state)", and only that needs words."""
    ticks = form.tick_list(key)

    assert ticks.free_text_options == ("other",)
    assert ticks.option("other").text == "Other (please state)"


def test_only_f_says_to_tick_those_that_apply(form: Instrument) -> None:
    """The instruction is printed beside F and nowhere else."""
    instructions = {ticks.letter: ticks.instruction for ticks in form.tick_lists}

    assert instructions == {"B": None, "C": None, "D": None, "E": None, "F": "please tick those that apply"}


def test_previous_experience_or_care_stands_with_its_reading_beside_it(form: Instrument) -> None:
    """The form prints "experience or care" and means "of"; no other option is mended."""
    mended = [option.corrected for ticks in form.tick_lists for option in ticks.options if option.corrected]

    assert mended == ["Lives with family members, previous experience of care"]


def test_tick_list_knows_its_own_options_only(form: Instrument) -> None:
    """What another list prints is no option of this one."""
    ticks = form.tick_list("basis_of_concerns")

    assert ticks.has_option("changed_behaviour")
    assert not ticks.has_option("care_leaver")
    assert form.has_tick_list("basis_of_concerns")
    assert not form.has_tick_list("G")


# Ethnicity ------------------------------------------------------------------------------------------------------------


def shown(code: PartnerCode | None) -> str | None:
    if code is None:
        return None
    return f"~{code.code}" if code.match == "nearest" else code.code


def test_ethnicity_table_has_eighteen_rows_in_the_printed_order(form: Instrument) -> None:
    """The table is headed CODE and DESCRIPTION; the printed code stands only together with its description."""
    table = form.ethnicity_table

    assert (table.code_heading, table.description_heading) == ("CODE", "DESCRIPTION")
    assert [(row.key, row.printed_label, row.description) for row in form.ethnicities] == [
        (key, f"{code} {description}", description) for code, key, description, *_ in ETHNICITIES
    ]
    assert form.ethnicity_keys == tuple(row[1] for row in ETHNICITIES)


@pytest.mark.parametrize("row", ETHNICITIES, ids=lambda row: row[1])
def test_ethnicity_is_mapped_to_the_partners_own_codes(form: Instrument, row: tuple[str, ...]) -> None:
    """Police 16+1, police 18+1 and NHS 2001 each have the description under a code of their own."""
    _, key, _, police_16_1, police_18_1, nhs_2001 = row
    ethnicity = form.ethnicity(key)
    codes = (shown(ethnicity.police_16_1), shown(ethnicity.police_18_1), shown(ethnicity.nhs_2001))

    assert codes == (police_16_1, police_18_1, nhs_2001)


@pytest.mark.parametrize("row", ETHNICITIES, ids=lambda row: row[1])
def test_bare_printed_code_is_nowhere_to_be_had(form: Instrument, row: tuple[str, ...]) -> None:
    """The printed codes are shifted; sent bare they read as another group, so no value of the row is one."""
    printed, key, description, *_ = row
    ethnicity = form.ethnicity(key)
    attributes = [name for name in dir(ethnicity) if not name.startswith("_")]
    everything = [text for name in attributes for text in texts(msgspec.to_builtins(getattr(ethnicity, name)))]

    assert description in everything
    assert [text for text in everything if text.startswith(printed)] == [f"{printed} {description}"]


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in texts(part)]
    return [value] if isinstance(value, str) else []


def test_words_travel_with_every_code(form: Instrument) -> None:
    """An export gives the partner's code with the description; Arab has no code of its own in two of the sets."""
    arab = form.ethnicity("arab")

    assert arab.police_16_1 == PartnerCode("O9", "nearest", "Arab")
    assert arab.police_18_1 == PartnerCode("O2", "exact", "Arab")
    assert arab.nhs_2001 == PartnerCode("S", "nearest", "Arab")
    assert arab.nhs_2001_by_reason == {}


def test_not_known_and_prefer_not_to_say_are_two_things_to_the_nhs(form: Instrument) -> None:
    """One printed row, two facts: without the recorded reason there is no NHS code to give."""
    row = form.ethnicity("not_known_or_prefer_not_to_say")

    assert row.nhs_2001 is None
    assert row.nhs_2001_by_reason == {
        "prefer_not_to_say": PartnerCode("Z", "exact", "Prefer not to say"),
        "not_known": PartnerCode("99", "exact", "Not Known"),
    }


def test_rows_that_lose_meaning_say_so(form: Instrument) -> None:
    """Four rows do not fit the partners' sets one to one, and each has a note."""
    noted = [row.key for row in form.ethnicities if row.note]

    assert noted == ["white_other", "arab", "other", "not_known_or_prefer_not_to_say"]


# Section 2 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", QUESTIONS)
def test_question_has_the_printed_options_and_alternatives(form: Instrument, number: int) -> None:
    """Each option's wording is verbatim; what a line of "or" joins are alternatives of one option."""
    question = form.question(number)
    options = {option.number: option.alternatives for option in question.options}

    assert (question.title, options) == QUESTIONS[number]
    assert question.option_numbers == tuple(QUESTIONS[number][1])


def test_there_are_eleven_questions_in_order(form: Instrument) -> None:
    """Questions 1 to 11, and no other."""
    assert [question.number for question in form.questions] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert form.has_question(11)
    assert not form.has_question(12)
    assert not form.has_question(0)


def test_question_11_has_options_1_4_and_5_only(form: Instrument) -> None:
    """Options 2 and 3 are not printed, and the others are not renumbered."""
    question = form.question(11)

    assert question.option_numbers == (1, 4, 5)
    assert [number for number in range(7) if question.has_option(number)] == [1, 4, 5]


@pytest.mark.parametrize("number", [0, 2, 3, 6])
def test_option_that_is_not_printed_is_refused(form: Instrument, number: int) -> None:
    """The refusal names the options there are."""
    with pytest.raises(NotPrinted, match="printed are 1, 4, 5") as refusal:
        form.question(11).option(number)

    assert (refusal.value.asked, refusal.value.printed) == (number, (1, 4, 5))


def test_option_reads_as_printed_with_or_between_its_alternatives(form: Instrument) -> None:
    """The whole text of an option is its alternatives with "or" between them."""
    assert form.question(1).option(3).text == (
        "Occasionally truants, goes missing, prolonged episodes or Occasionally goes missing, short episodes."
    )
    assert form.question(5).option(5).text == "Homeless"


def test_alternatives_are_counted_from_one(form: Instrument) -> None:
    """Alternative 2 of question 1, option 3 is the short episodes."""
    option = form.question(1).option(3)

    assert option.alternative(1) == "Occasionally truants, goes missing, prolonged episodes"
    assert option.alternative(2) == "Occasionally goes missing, short episodes."


@pytest.mark.parametrize("number", [-1, 0, 3])
def test_alternative_that_is_not_printed_is_refused(form: Instrument, number: int) -> None:
    """There is no alternative 0, and none from the end."""
    option = form.question(1).option(3)

    with pytest.raises(NotPrinted):
        option.alternative(number)


def test_good_engagement_loses_its_comma_only_in_the_reading_beside_it(form: Instrument) -> None:
    """Question 9, option 1 is printed with a trailing comma; no other option is mended."""
    mended = {
        (question.number, option.number): option.corrected
        for question in form.questions
        for option in question.options
        if option.corrected
    }

    assert mended == {(9, 1): "Good engagement"}


# Risk categories ------------------------------------------------------------------------------------------------------


def test_category_1_is_low_and_asks_for_a_meeting_and_a_decision_between_two_plans(form: Instrument) -> None:
    """Strategy Meeting; CIN plan for 12 weeks or Early Help Assessment; monitor, and assess again if needed."""
    category = form.risk_category(1)
    (choice,) = category.choices

    assert (category.level, category.names) == ("low", ("No longer at risk", "minimal risk"))
    assert [action.text for action in category.required] == [
        "Strategy Meeting to be held.",
        "Monitor the young person's situation",
    ]
    assert choice.text == (
        "Decision to be made regarding a CIN plan for 12 weeks due to minimal risk or an Early Help Assessment due"
        " to no risk, but as preventative measures."
    )
    assert [(action.key, action.text, action.when, action.weeks) for action in choice.actions] == [
        ("child_in_need_plan", "CIN plan for 12 weeks", "minimal risk", 12),
        ("early_help_assessment", "Early Help Assessment", "no risk", None),
    ]
    assert category.action("early_help_assessment").purpose == "preventative measures"
    assert [(action.text, action.when, action.share_with) for action in category.conditional] == [
        ("complete another assessment", "concerns are raised again", "your Team Manager"),
    ]


def test_category_2_is_medium_and_asks_for_two_enquiries_and_a_plan_or_a_conference(form: Instrument) -> None:
    """Strategy Meeting, joint Section 47, Child and Family Assessment; CIN plan or Initial CP Conference."""
    category = form.risk_category(2)
    (choice,) = category.choices

    assert (category.level, category.printed_name) == (
        "medium",
        "Concerns are not immediate, but some behaviour in the young person's life puts them at risk.",
    )
    assert [(action.text, action.jointly_with) for action in category.required] == [
        ("Strategy Meeting to be held.", None),
        ("Joint Section 47 with Police to be completed.", "Police"),
        ("Child and Family Assessment to be completed.", None),
    ]
    assert [(action.text, action.corrected, action.weeks_at_least) for action in choice.actions] == [
        ("Child in Need Plan for at least 12weeks", "Child in Need Plan for at least 12 weeks", 12),
        ("Initial Child Protection Conference.", None, None),
    ]
    assert choice.text == "Child in Need Plan for at least 12weeks or Initial Child Protection Conference."
    assert [(action.text, action.when) for action in category.conditional] == [(LEGAL_CLAUSE, "there is a CP Plan")]


def test_category_3_is_high_and_requires_the_conference(form: Instrument) -> None:
    """Strategy Meeting, joint Section 47, Initial CP Conference: no choice, and no Child and Family Assessment."""
    category = form.risk_category(3)

    assert (category.level, category.names) == (
        "high",
        ("Urgent and immediate concerns about risk", "Experiencing current exploitation"),
    )
    assert [(action.text, action.jointly_with) for action in category.required] == [
        ("Strategy Meeting to be held.", None),
        ("Joint Section 47 with Police.", "Police"),
        ("Initial Child Protection Conference.", None),
    ]
    assert category.choices == ()
    assert [(action.text, action.when) for action in category.conditional] == [(LEGAL_CLAUSE, "there is a CP Plan")]


@pytest.mark.parametrize(
    ("number", "guidance"),
    [
        (
            1,
            "Young person no longer places self at risk or concerns may relate to 'normal teenage behaviour'. Monitor"
            " the young person's situation and complete another assessment when concerns are raised again sharing"
            " your findings with your Team Manager.",
        ),
        (
            2,
            "Young person remains vulnerable to exploitation but not at immediate risk but some behaviour in young"
            " person's life put them at risk. e.g. has new set of peers, still goes missing.",
        ),
        (
            3,
            "Young person's lifestyle places them at a high risk e.g. associating with peers involved in prostitution"
            " or sexually exploited, multiple risk taking e.g. missing frequently and concerns about drug"
            " taking/alcohol use.",
        ),
    ],
)
def test_response_guidance_is_the_forms_own(form: Instrument, number: int, guidance: str) -> None:
    """The Response Guidance column is form wording, and so verbatim."""
    assert form.risk_category(number).guidance == guidance


OUTCOME_1 = (
    "Low level concerns which correlate to Risk Category 1. Outcome = Strategy Meeting to be held. Decision to be made"
    " regarding a CIN plan for 12 weeks due to minimal risk or an Early Help Assessment due to no risk, but as"
    " preventative measures."
)
OUTCOME_2 = (
    "Medium level concerns which correlate to Risk Category 2. Outcome = Strategy Meeting to be held. Joint Section 47"
    " with Police to be completed. Child and Family Assessment to be completed. Child in Need Plan for at least"
    " 12weeks or Initial Child Protection Conference. It is important to note that " + LEGAL_CLAUSE
)
CONFERENCE = " Initial Child Protection Conference. It is important to note that " + LEGAL_CLAUSE
OUTCOME_3 = (
    "High level concerns which correlate to Risk Category 3. Outcome = Strategy Meeting to be held."
    " Joint Section 47 with Police."
)


@pytest.mark.parametrize(
    ("number", "printed", "mended"),
    [
        (1, OUTCOME_1, None),
        (2, OUTCOME_2, OUTCOME_2.replace("12weeks", "12 weeks").replace("Legal. Team", "Legal Team")),
        (3, OUTCOME_3 + CONFERENCE * 2, OUTCOME_3 + CONFERENCE.replace("Legal. Team", "Legal Team")),
    ],
)
def test_outcome_stands_as_printed_with_its_slips_mended_beside_it(
    form: Instrument, number: int, printed: str, mended: str | None
) -> None:
    """Category 3 prints its conference and CP Plan sentence twice over; the reading beside it has them once."""
    category = form.risk_category(number)

    assert (category.outcome, category.outcome_corrected) == (printed, mended)


@pytest.mark.parametrize(("number", "article"), [(1, ""), (2, "the "), (3, "the ")])
def test_external_professionals_attach_the_assessment_to_the_referral(
    form: Instrument, number: int, article: str
) -> None:
    """Every category says so; category 1 lacks "the"."""
    assert form.risk_category(number).external_professionals == (
        "External professionals to complete Child Protection Procedures for referral pathway,"
        f" attach {article}CSE Risk assessment to the referral."
    )


def test_there_are_three_categories_and_an_empty_box_for_one(form: Instrument) -> None:
    """The category is inserted by hand: the form prints a box, no sum."""
    box = form.section_2.risk_category_box

    assert [(category.number, category.level) for category in form.risk_categories] == [
        (1, "low"),
        (2, "medium"),
        (3, "high"),
    ]
    assert (box.label, box.placeholder, box.headings) == (
        "Risk Category",
        "Insert risk category here",
        ("Risk Category", "Response Guidance"),
    )
    assert form.risk_category(1).printed_name == "No longer at risk Or minimal risk."
    assert form.risk_category(3).printed_name == (
        "Urgent and immediate concerns about risk Experiencing current exploitation"
    )


def test_nothing_totals_answers_or_leads_from_them_to_a_category() -> None:
    """The toolkit prints no threshold: people agree the level, and the instrument can neither add nor suggest."""
    source = ast.parse(inspect.getsource(domain.instrument))
    names = {node.name for node in ast.walk(source) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    names |= {node.id for node in ast.walk(source) if isinstance(node, ast.Name)}
    suspicious = ("score", "total", "sum", "weight", "threshold", "suggest", "compute", "rank", "max", "min")

    assert [name for name in names if any(word in name.lower().split("_") for word in suspicious)] == []
    assert not any(isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) for node in ast.walk(source))


# Contacts, analysis form, lists ---------------------------------------------------------------------------------------


def test_take_action_now_names_four_contacts(form: Instrument) -> None:
    """The toolkit's numbers of March 2015, which a live partnership confirms or replaces."""
    box = form.take_action_now

    assert [(contact.key, contact.name, contact.telephone, contact.when) for contact in box.contacts] == [
        (
            "triage_mash",
            "Hillingdon's Children's Social Care Triage MASH & Assessment Team",
            "01895 558641",
            "office hours",
        ),
        ("emergency_duty_team", "Emergency Duty Team", "01895 250111", "out of office times"),
        ("police_emergency", "Police", "999", "In an emergency"),
        ("police_non_emergency", "Police", "101", "non emergency"),
    ]
    assert box.contacts_as_of == date(2015, 3, 1)
    assert box.contact("police_emergency").telephone == "999"


def test_take_action_now_reads_as_printed(form: Instrument) -> None:
    """The box below the category table, word for word."""
    assert form.take_action_now.text == (
        "Take action now- consult with your child protection lead and/or line manager and discuss making an immediate"
        " referral to Hillingdon's Children's Social Care Triage MASH & Assessment Team on 01895 558641 (out of office"
        " times, contact the Emergency Duty Team on 01895 250111). Attach this CSE assessment form to the referral"
        " form. In an emergency, contact the Police on 999, non emergency 101."
    )


def test_analysis_form_has_four_boxes_in_a_grid_of_two_by_two(form: Instrument) -> None:
    """Behaviours, associates and places above; perpetrators and police activity below."""
    boxes = form.analysis_form.boxes

    assert [(box.key, box.label, box.row, box.column) for box in boxes] == [
        ("risk_taking_behaviours", "YOUNG PERSON RISK TAKING BEHAVIOURS/INDICATORS", 1, 1),
        ("associates_addresses_hotspots", "ASSOCIATES/ADDRESSES/HOTSPOTS", 1, 2),
        ("alleged_perpetrators", "ALLEGED PERPETRATOR/S", 2, 1),
        ("police_activity", "POLICE ACTIVITY", 2, 2),
    ]
    assert form.analysis_form.box_keys == tuple(box.key for box in boxes)
    assert form.analysis_form.box("police_activity") is boxes[3]


def test_analysis_form_is_headed_by_name_birth_and_day(form: Instrument) -> None:
    """Three fields above the boxes; no place is printed for a signature."""
    assert form.analysis_form.title == "CSE Analysis Form"
    assert [(field.key, field.label) for field in form.analysis_form.header] == [
        ("young_person_name", "NAME OF YOUNG PERSON:"),
        ("date_of_birth", "DOB:"),
        ("date_of_analysis", "DATE OF ANALYSIS:"),
    ]


def test_nineteen_groups_are_most_at_risk(form: Instrument) -> None:
    """The groups of 1.3, as printed."""
    assert tuple(item.text for item in form.vulnerabilities.items) == GROUPS_MOST_AT_RISK
    assert len(form.vulnerabilities.items) == 19
    assert form.vulnerabilities.section == "1.3"


def test_twenty_one_signs_are_to_be_looked_out_for(form: Instrument) -> None:
    """The signs of 1.4, as printed: the bold words, and what follows them if anything does."""
    assert tuple((item.text, item.detail) for item in form.indicators.items) == SIGNS
    assert len(form.indicators.items) == 21
    assert form.indicators.section == "1.4"
    assert form.indicators.item("crime").detail == "involved in petty theft from shops"


@pytest.mark.parametrize("name", ["vulnerabilities", "indicators"])
def test_neither_list_goes_without_the_caveat(form: Instrument, name: str) -> None:
    """1.4: the list is not exhaustive, a sign is no proof and predicts nothing."""
    caveat = form.caveat_of(getattr(form, name))

    assert caveat == form.rule("1.4-caveat").statement
    assert all(word in caveat for word in ("not complete", "neither proves", "nor predicts"))


def test_exploitation_is_linked_with_other_crime_and_other_harm(form: Instrument) -> None:
    """The two closing lists of 1.4."""
    assert form.linked_crimes.items == (
        "Child trafficking (into, out of and within the UK)",
        "Domestic violence",
        "Sexual violence in intimate relationships",
        "Grooming (both online and offline)",
        "Abusive images of children and their distribution (organised abuse)",
        "Organised sexual abuse of children",
        "Drugs-related offences (dealing, consuming and cultivating)",
        "Gang-related activity",
        "Immigration-related offences",
        "Domestic servitude",
    )
    assert form.linked_welfare_factors.items == (
        "Running away from home and going missing",
        "Drug and alcohol misuse",
        "Sexual health",
        "Sexually risky behaviour",
        "Bullying",
        "Domestic servitude, neglect and violence",
        "Teenage pregnancy",
        "Long-term sexual, physical and psychological harm",
        "Forced marriage",
        "Self-harm and suicide",
    )


# Rules ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("section", "title"),
    [
        ("1.1", "What is child sexual exploitation?"),
        ("1.3", "Which young people are most at risk of sexual exploitation?"),
        ("1.4", "What are the potential signs of Sexual Exploitation for me to look out for?"),
        ("1.6", "How can I be effective in supporting suspected/actual victims of CSE?"),
        ("2.1", "How do I go about using the assessment tool?"),
        ("2.2", "Do I need the consent of the young person to make an assessment?"),
        ("2.3", "Do I need the consent of the young person to share the assessment?"),
        ("2.4", "Do I need to involve parents and carers in this assessment?"),
    ],
)
def test_every_section_has_its_printed_heading_and_rules(form: Instrument, section: str, title: str) -> None:
    """Rules are found under the toolkit's own headings."""
    rules = form.rules_of(section)

    assert form.section(section).title == title
    assert rules
    assert {rule.section for rule in rules} == {section}


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("2.1-when-suspected", "suspect"),
        ("2.1-when-audit", "audit"),
        ("2.1-how-2", "Do not fill the tool in with the child"),
        ("2.1-how-3", "asking another worker"),
        ("2.1-how-4", "less reliable"),
        ("2.1-how-5", "low, medium or high"),
        ("2.2-no-agreement-needed", "do not need the young person's agreement"),
        ("2.3-duty", "duty of confidentiality"),
        ("2.3-lawful", "public interest"),
        ("2.3-judgement", "professional judgement"),
        ("2.3-harm", "almost certainly"),
        ("2.3-limited", "share more"),
        ("2.3-proportionate", "no more"),
        ("2.4-support", "specialist support services"),
        ("1.6-factual", "facts"),
        ("1.6-share-early", "early"),
    ],
)
def test_rule_says_what_the_toolkit_asks(form: Instrument, rule: str, says: str) -> None:
    """Statements are our own words for what the toolkit asks."""
    assert says in form.rule(rule).statement


def test_completed_assessment_goes_to_three_places(form: Instrument) -> None:
    """2.1 (1): attached to a referral, discussed at a multi-agency meeting, recorded in the case file."""
    assert form.rule("2.1-how-1").destinations == ("referral_to_csc", "multi_agency_meeting", "case_file")


def test_level_is_agreed_with_two_managers(form: Instrument) -> None:
    """2.1 (5) names them both."""
    assert form.rule("2.1-how-5").agreed_with == ("Team Manager", "CSE Prevention Manager")


def test_section_2_3_gives_the_bases_and_grounds_of_sharing(form: Instrument) -> None:
    """Consent, public interest, no duty owed; the test is almost certainly met for two grounds, and one is limited."""
    sharing = form.sharing

    assert [basis.key for basis in sharing.bases] == ["consent", "public_interest", "no_duty_owed"]
    assert [(ground.key, ground.almost_certainly_met, ground.limited) for ground in sharing.grounds] == [
        ("significant_harm_to_child", True, False),
        ("serious_harm_to_adult", True, False),
        ("sufficient_force", False, False),
        ("decide_on_further_sharing", False, True),
    ]
    assert sharing.basis("consent") is sharing.bases[0]
    assert sharing.ground("decide_on_further_sharing") is sharing.grounds[3]


def test_opinion_opens_with_the_set_words(form: Instrument) -> None:
    """1.6 prints "profession" for "professional"; both stand."""
    assert (form.opinion.text, form.opinion.corrected) == (
        "in my profession opinion......",
        "in my professional opinion",
    )


# Refusals -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ask",
    [
        lambda form: form.question(12),
        lambda form: form.tick_list("G"),
        lambda form: form.tick_list("looked_after_status").option("changed_behaviour"),
        lambda form: form.ethnicity("W2"),
        lambda form: form.group("school"),
        lambda form: form.group("client").field("agency_address"),
        lambda form: form.risk_category(4),
        lambda form: form.risk_category(3).action("child_and_family_assessment"),
        lambda form: form.take_action_now.contact("childline"),
        lambda form: form.analysis_form.box("date_of_birth"),
        lambda form: form.indicators.item("homeless"),
        lambda form: form.rule("2.5"),
        lambda form: form.rules_of("3"),
        lambda form: form.sharing.basis("legal_obligation"),
        lambda form: form.sharing.ground("convenience"),
    ],
)
def test_what_is_not_printed_is_refused(form: Instrument, ask: Any) -> None:
    """A look-up never answers with a neighbour or with nothing."""
    with pytest.raises(NotPrinted, match=r"is not printed; printed are"):
        ask(form)


@pytest.mark.parametrize(
    ("printed", "instead", "fault"),
    [
        ('key = "education_status"', 'key = "looked_after_status"', "tick list 'looked_after_status' stands twice"),
        ('letter = "B"', 'letter = "A"', "letter 'A' stands twice"),
        ('key = "care_leaver"', 'key = "other"', "option 'other' stands twice"),
        ('key = "perpetrator"', 'key = "client"', "group 'client' stands twice"),
        ('key = "agency_address"', 'key = "client_address"', "field 'client_address' stands twice"),
        ('key = "white_irish"', 'key = "white_british"', "ethnicity 'white_british' stands twice"),
        (', nhs_2001 = { code = "A" } }', " }", "either one NHS code or one for each reason"),
        ("number = 2\nkey =", "number = 1\nkey =", "question 1 stands twice"),
        ('key = "drug_use"', 'key = "education"', "question 'education' stands twice"),
        ('number = 4, alternatives = ["Sus', 'number = 5, alternatives = ["Sus', "question 3: option 5 stands twice"),
        ('alternatives = ["Homeless"]', "alternatives = []", "option 5 has no wording"),
        ("number = 2\nlevel", "number = 1\nlevel", "risk category 1 stands twice"),
        ('level = "medium"', 'level = "low"', "level 'low' stands twice"),
        ('key = "monitor"', 'key = "strategy_meeting"', "action 'strategy_meeting' stands twice"),
        ('key = "emergency_duty_team"', 'key = "triage_mash"', "contact 'triage_mash' stands twice"),
        ('key = "police_activity"', 'key = "date_of_birth"', "field or box 'date_of_birth' stands twice"),
        ("row = 1, column = 2", "row = 1, column = 1", r"place \(1, 1\) stands twice"),
        ("row = 1, column = 1", "row = 3, column = 1", "do not stand in the order of the grid"),
        ('key = "migrants"', 'key = "homeless"', "1.3: item 'homeless' stands twice"),
        ('id = "2.3-lawful"', 'id = "2.3-duty"', "rule '2.3-duty' stands twice"),
        ('number = "2.4"', 'number = "2.3"', "section '2.3' stands twice"),
        ('caveat = "1.4-caveat"', 'caveat = "1.4-warning"', "Rule '1.4-warning' is not printed"),
        ('section = "2.2"', 'section = "2.5"', "Toolkit section '2.5' is not printed"),
        ('key = "no_duty_owed"', 'key = "consent"', "basis 'consent' stands twice"),
        ('key = "sufficient_force"', 'key = "serious_harm_to_adult"', "ground 'serious_harm_to_adult' stands twice"),
        ('match = "nearest"', 'match = "roughly"', "Invalid enum value 'roughly'"),
        ("number = 3\nlevel", "number = 4\nlevel", "Invalid enum value 4"),
        ('telephone = "999"', "telephone = 999", "Expected `str`, got `int`"),
        ("column = 1 }", "column = 1, points = 3 }", "unknown field `points`"),
        ('board = "Hillingdon', 'borough = "Hillingdon', "unknown field `borough`"),
        ("in_force_from = 2015-03-01\n", "", "missing required field `in_force_from`"),
    ],
)
def test_faulty_data_is_refused_on_reading(printed: str, instead: str, fault: str) -> None:
    """A key that stands twice, a reference to nothing, an unknown or missing field: the instrument is not loaded."""
    text = damaged(printed, instead)

    with pytest.raises(msgspec.ValidationError, match=fault):
        read(text)


def test_choice_that_stands_twice_is_refused() -> None:
    """Each choice of a category is known by its own key."""
    text = damaged(
        "[[section_2.risk_categories.choices]]",
        '[[section_2.risk_categories.choices]]\nkey = "low_plan"\ntext = ""\nactions = []\n\n'
        "[[section_2.risk_categories.choices]]",
    )

    with pytest.raises(msgspec.ValidationError, match="choice 'low_plan' stands twice"):
        read(text)


def test_instrument_knows_nothing_but_the_standard_library_and_msgspec() -> None:
    """The instrument stands at the bottom: everything may use it, it uses nothing of ours."""
    imported: set[str] = set()
    for node in ast.walk(ast.parse(inspect.getsource(domain.instrument))):
        if isinstance(node, ast.Import):
            imported |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or ".").split(".")[0])

    assert imported - sys.stdlib_module_names == {"msgspec"}
