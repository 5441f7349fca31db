from __future__ import annotations

import pytest

from workflows.errors import Refused
from workflows.identifiers import check_ni_pppk, check_nip


@pytest.mark.parametrize("number", ["198502282010011001", "197602292000122999", "200001012017011001"])
def test_a_well_formed_nip_passes(number: str) -> None:
    check_nip(number)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("19850228201001100", "number_digits"),
        ("1985022820100110011", "number_digits"),
        ("19850228 20100110", "number_digits"),
        ("1985022820100110O1", "number_digits"),
        ("١٩٨٥٠٢٢٨٢٠١٠٠١١٠٠١", "number_digits"),
        ("198502282010011001\n", "number_digits"),
        ("198502302010011001", "number_birth"),
        ("000002282010011001", "number_birth"),
        ("198502282010131001", "nip_month"),
        ("198502282010001001", "nip_month"),
        ("200001012016121001", "nip_appointment"),
        ("198502281980011001", "nip_appointment"),
        ("198502282010013001", "number_sex"),
        ("198502282010010001", "number_sex"),
        ("198502282010011000", "number_serial"),
    ],
)
def test_a_broken_nip_is_refused_with_its_reason(number: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        check_nip(number)
    assert (caught.value.code, caught.value.rule) == (code, "R7")
    assert number.strip() not in str(caught.value), "a refusal may be logged; the number may not"


@pytest.mark.parametrize("number", ["199005172024211001", "198801302025292014"])
def test_a_well_formed_ni_pppk_passes(number: str) -> None:
    check_ni_pppk(number)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "number_digits"),
        ("199005322024211001", "number_birth"),
        ("199005172024111001", "ni_pppk_mark"),
        ("199005172024201001", "ni_pppk_frequency"),
        ("199005172006211001", "ni_pppk_year"),
        ("199005172024213001", "number_sex"),
        ("199005172024211000", "number_serial"),
    ],
)
def test_a_broken_ni_pppk_is_refused_with_its_reason(number: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        check_ni_pppk(number)
    assert (caught.value.code, caught.value.rule) == (code, "R7")


def test_a_nip_is_no_ni_pppk() -> None:
    with pytest.raises(Refused):
        check_ni_pppk("198502282010011001")
