"""The maps of the anonymizer: one-to-one, shape-preserving, and different from the source."""

import re
import string
import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limerun.dataset.words.check_digits import CHECKS, checked, is_checked
from limerun.exports.value_maps.key import Key
from limerun.exports.value_maps.lexicon import Lexicon
from limerun.exports.value_maps.noise import NoiseMap, NoiseMaps, scaled_floats
from limerun.exports.value_maps.numbers import IntegerMap, NumberMap
from limerun.exports.value_maps.permutations import (
    keyed_permutation,
    quick_permutation,
)
from limerun.exports.value_maps.reserved_words import ReservedWords
from limerun.exports.value_maps.runs import HOST, WORD, cut
from limerun.exports.value_maps.same_shape import scramble_texts
from limerun.exports.value_maps.spelling import match_case
from limerun.exports.value_maps.unused_numbers import UnusedNumberMap, plain_range

KEY = Key(b"a key for tests, of enough bytes")
HUGE = 10**18
quickly = settings(max_examples=30, deadline=None)
texts = st.text(
    st.sampled_from("annABz09 .@-+/_%åÅöß世\u030a“,\n"), max_size=20
) | st.text(max_size=12)


def strings(values: list[str]) -> pa.StringArray:
    return pa.array(values, pa.string())


def shape(text: str) -> str:
    """Return the pattern of a text: letters of any script, digits, other characters."""
    return re.sub(
        r"[^\W\d_]", lambda m: "A" if m[0].isupper() else "a", re.sub(r"\d", "9", text)
    )


@given(st.integers(1, 3_000), st.binary(min_size=1, max_size=8))
@settings(max_examples=15, deadline=None)
def test_a_keyed_permutation_is_one_to_one(size: int, secret: bytes) -> None:
    numbers = np.arange(size)
    for make in (keyed_permutation, quick_permutation):
        moved = make(Key(secret), size)(numbers)
        assert np.array_equal(np.sort(moved), numbers)


@pytest.mark.parametrize("size", [2**17, 2**17 + 1, 10**10, 10**14, 2**62])
def test_a_large_permutation_stays_in_range_and_is_one_to_one(size: int) -> None:
    numbers = np.unique(np.random.default_rng(1).integers(0, size, 20_000))
    moved = keyed_permutation(KEY, size)(numbers)
    assert 0 <= moved.min() <= moved.max() < size
    assert len(np.unique(moved)) == len(numbers)


@pytest.mark.parametrize("size", [2, 9, 1_000, 2**17])
def test_a_small_permutation_has_no_fixed_points(size: int) -> None:
    numbers = np.arange(size)
    assert (keyed_permutation(KEY, size)(numbers) != numbers).all()


def test_another_key_gives_another_permutation() -> None:
    numbers = np.arange(1_000_000, 1_001_000)
    one = keyed_permutation(KEY, 10**9)(numbers)
    other = keyed_permutation(Key(b"another"), 10**9)(numbers)
    assert (one != other).sum() > 990


def test_keys_for_different_purposes_are_unrelated() -> None:
    assert KEY.derived("a", "b").stream(8) != KEY.derived("a\0b", "").stream(8)
    assert KEY.derived("a").stream(8) == KEY.derived("a").stream(8)
    assert KEY.derived("a").digest("x") != KEY.derived("b").digest("x")


@given(st.sets(st.integers(0, 99), max_size=50), st.binary(max_size=4))
@quickly
def test_up_to_half_of_a_range_is_mapped_to_the_other_half(
    in_use: set[int], secret: bytes
) -> None:
    own = np.array(sorted(in_use), np.int64)
    moved = UnusedNumberMap(Key(secret), plain_range(100), own, own)
    assert not moved.saturated
    every = moved(np.arange(100))
    assert sorted(every.tolist()) == list(range(100))
    assert not in_use & set(every[own].tolist())


@given(st.sets(st.integers(0, 99), min_size=51), st.binary(max_size=4))
@quickly
def test_every_number_of_a_saturated_range_changes(
    in_use: set[int], secret: bytes
) -> None:
    own = np.array(sorted(in_use), np.int64)
    moved = UnusedNumberMap(Key(secret), plain_range(100), own, own)
    assert moved.saturated
    assert (moved(own) != own).all()
    assert len(set(moved(own).tolist())) == len(in_use)


@given(st.lists(texts | st.from_regex(r"\+?[0-9][0-9 -]{3,25}", fullmatch=True)))
@quickly
def test_numbers_keep_their_shape_and_stay_different(values: list[str]) -> None:
    numbers = NumberMap(KEY)
    numbers.learn(strings(values))
    numbers.finish()
    others = numbers(strings(values)).to_pylist()
    assert len(set(others)) == len(set(values))
    for value, other in zip(values, others, strict=True):
        assert len(other) == len(value)
        assert re.sub("[0-9]", "9", other) == re.sub("[0-9]", "9", value) or not (
            re.search("[0-9]", value) and len(re.findall("[0-9]", value)) <= 18
        )


def test_country_codes_and_leading_zeros_stay_the_same() -> None:
    values = ["+46 70 123 45 67", "070-123 45 67", "K-0001234", "4711"]
    numbers = NumberMap(KEY)
    numbers.learn(strings(values))
    numbers.finish()
    swedish, national, contract, plain = numbers(strings(values)).to_pylist()
    assert swedish.startswith("+46 ")
    assert swedish[4] != "0"
    assert national.startswith("0")
    assert contract.startswith("K-0")
    assert plain[0] != "0"


@pytest.mark.parametrize("count", [5, 4_999, 9_000])
@pytest.mark.parametrize("check", CHECKS)
def test_valid_check_digits_stay_valid_and_invalid_check_digits_stay_invalid(
    check: str, count: int
) -> None:
    bodies = checked(CHECKS[check], np.arange(556_000, 556_000 + count), 6)
    right = bodies[bodies >= 0]
    values = np.unique(np.concatenate([right, right[: count // 10] ^ 1]))
    numbers = NumberMap(KEY, check)
    texts = strings([str(value) for value in values])
    numbers.learn(texts)
    numbers.finish()
    others = numbers(texts).cast(pa.int64()).to_numpy()
    assert len(np.unique(others)) == len(values)
    before, after = (is_checked(CHECKS[check], each, 7) for each in (values, others))
    assert np.array_equal(before, after)
    assert not np.isin(others, values).any()


@given(st.sets(st.integers(-(10**6), 10**6)))
@quickly
def test_whole_numbers_become_unused_numbers(values: set[int]) -> None:
    numbers = np.array(sorted(values), np.int64)
    integers = IntegerMap(KEY)
    integers.learn(numbers)
    integers.finish()
    others = integers(numbers)
    assert len(set(others.tolist())) == len(values)
    assert not values - {0} & set(others.tolist())
    assert (np.sign(others) * np.sign(numbers) >= 0).all()


def test_whole_numbers_still_fit_the_column() -> None:
    integers = IntegerMap(KEY)
    integers.limit(2**31 - 1)
    numbers = np.array([1, 2**31 - 1])
    integers.learn(numbers)
    integers.finish()
    assert integers(numbers).max() < 2**31


@given(st.sets(st.integers(0, 10**5), min_size=1))
@settings(max_examples=20, deadline=None)
def test_ordered_numbers_keep_their_order_and_are_new(values: set[int]) -> None:
    numbers = np.array(sorted(values), np.int64)
    integers = IntegerMap(KEY)
    integers.keep_order()
    integers.learn(numbers)
    integers.finish()
    others = integers(numbers)
    assert (np.diff(others) > 0).all()
    assert not values & set(others.tolist())


def test_an_ordered_number_does_not_depend_on_the_others() -> None:
    maps = []
    for last in (9_000, 9_500):
        integers = IntegerMap(KEY)
        integers.keep_order()
        integers.learn(np.array([5, 7_000, last]))
        integers.finish()
        maps.append(integers(np.array([5, 7_000])).tolist())
    assert maps[0] == maps[1]


@given(st.sets(st.integers(-(10**5), 10**9)))
@quickly
def test_noise_keeps_numbers_close_but_different(values: set[int]) -> None:
    numbers = np.array(sorted(values), np.int64)
    noise = NoiseMap(KEY, 0.1, HUGE)
    noise.finish(numbers, numbers)
    others = noise(numbers)
    assert (others != numbers).all()
    assert (np.abs(others - numbers) <= np.maximum(np.abs(numbers), 10) * 0.9).all()
    if not noise.saturated:
        assert len(set(others.tolist())) == len(values)
        assert not values & set(others.tolist())


def test_no_amount_becomes_another_existing_amount_in_any_notation() -> None:
    noises = NoiseMaps(KEY, 0.1, HUGE)
    whole, tenths = np.arange(1_000, 4_000, 3), np.arange(10_005, 40_000, 10)
    noises.learn(0, whole)
    noises.learn(1, tenths)
    noises.finish()
    in_use = {*(10 * whole).tolist(), *tenths.tolist()}
    assert not in_use & set((10 * noises.of(0)(whole)).tolist())
    assert not in_use & set(noises.of(1)(tenths).tolist())


def test_noise_still_changes_every_price_if_all_prices_are_in_use() -> None:
    numbers = np.arange(1, 500)
    noise = NoiseMap(KEY, 0.1, HUGE)
    noise.finish(numbers, numbers)
    assert noise.saturated
    assert (noise(numbers) != numbers).all()


@given(st.lists(st.floats() | st.decimals(-1000, 1000, places=2).map(float)))
@quickly
def test_floating_point_numbers_are_scaled_by_their_number_of_decimals(
    values: list[float],
) -> None:
    array = np.array(values, np.float64)
    seen = np.zeros(len(values), np.int64)
    for part in scaled_floats(array):
        seen[part.rows] += 1
        back = part.numbers / 10.0**part.places
        assert np.allclose(back, array[part.rows], rtol=1e-9, atol=1e-9)
        if part.places:
            assert (part.numbers % 10 != 0).all()
    assert seen.max(initial=0) <= 1


@given(st.lists(texts))
@quickly
def test_a_scrambled_text_keeps_its_shape(values: list[str]) -> None:
    seeds = KEY.words(value.encode() for value in values)
    for value, other in zip(
        values, scramble_texts(strings(values), seeds).to_pylist(), strict=True
    ):
        assert len(other) == len(value)
        assert len(other.encode()) == len(value.encode())
        if value.isascii():
            assert shape(other) == shape(value)


@given(st.lists(texts))
@quickly
def test_texts_are_reassembled_from_their_parts(values: list[str]) -> None:
    runs = cut(strings(values))
    words, mine = runs.of(WORD, HOST)
    coded = words.dictionary_encode()
    joined = runs.joined(coded.dictionary, coded.indices.to_numpy(), mine)
    assert joined.to_pylist() == values


def learned_lexicon(values: list[str], name_kind: str = "text") -> Lexicon:
    reserved, numbers = ReservedWords(), NumberMap(KEY)
    lexicon = Lexicon(KEY, "sv_SE", numbers, reserved)
    lexicon.learn(strings(values), name_kind)
    reserved.finish()
    numbers.finish()
    lexicon.finish()
    return lexicon


@given(st.lists(texts))
@settings(max_examples=25, deadline=None)
def test_different_words_stay_different(values: list[str]) -> None:
    values = [unicodedata.normalize("NFC", value) for value in values]
    others = learned_lexicon(values)(strings(values)).to_pylist()
    assert len(set(others)) == len(set(values))


words = st.text(string.ascii_lowercase, min_size=2, max_size=8)


@given(st.sets(words, max_size=60))
@settings(max_examples=15, deadline=None)
def test_words_become_unused_words_mostly_of_the_same_length(
    values: set[str],
) -> None:
    listed = sorted(values)
    others = learned_lexicon(listed)(strings(listed)).to_pylist()
    assert not values & set(others)
    assert len(set(others)) == len(values)
    longer = sum(len(o) - len(v) for v, o in zip(listed, others, strict=True))
    assert 0 <= longer <= sum(len(value) == 2 for value in values)


def test_a_name_is_mapped_the_same_in_any_spelling_and_position() -> None:
    values = ["Åsa", "ÅSA", "asa.berg@firma.se", "Fråga Åsa Berg, asa@firma.se"]
    names, loud, mail, note = learned_lexicon(values)(strings(values)).to_pylist()
    assert loud == names.upper()
    spelt = mail.partition(".")[0]
    assert names in note
    assert f"{spelt}@" in note
    assert mail.endswith(".test")
    assert mail.partition("@")[2] == note.partition("@")[2]


def test_two_names_written_together_become_two_names() -> None:
    reserved, numbers = ReservedWords(), NumberMap(KEY)
    lexicon = Lexicon(KEY, "sv_SE", numbers, reserved)
    lexicon.learn(strings(["Gunilla", "Berglund"]), "lastname")
    lexicon.learn(strings(["gunillaberglund@a.se", "gberglund@a.se"]), "email")
    reserved.finish()
    numbers.finish()
    lexicon.finish()
    first, last = lexicon(strings(["gunilla", "berglund"])).to_pylist()
    both, short = lexicon(strings(["gunillaberglund", "gberglund"])).to_pylist()
    assert both == first + last
    assert short[1:] == last
    assert short[0] != "g"


def test_digits_in_other_scripts_are_also_replaced() -> None:
    [other] = learned_lexicon(["رقم ٣٤"])(strings(["رقم ٣٤"])).to_pylist()
    assert len(other) == 6
    assert other[-2:].isdecimal()
    assert other[-2] != "٣"
    assert other[-1] != "٤"


def test_capital_letters_stay_where_they_were() -> None:
    assert match_case("ANNA", "elsa") == "ELSA"
    assert match_case("Anna", "elsa") == "Elsa"
    assert match_case("McDonald", "forsberg") == "FoRsberg"
    assert match_case("anna", "elsa") == "elsa"
    assert match_case("世界", "jid") == "jid"


def test_first_names_keep_the_gender_given_in_the_rows() -> None:
    reserved, numbers = ReservedWords(), NumberMap(KEY)
    lexicon = Lexicon(KEY, "sv_SE", numbers, reserved)
    women, men = ["Anna", "Karin", "Zarvika"], ["Lars", "Nils", "Grombo"]
    lexicon.learn(strings(women + men), "firstname")
    lexicon.learn_genders([(n, "X1", 5) for n in women] + [(n, "X2", 5) for n in men])
    reserved.finish()
    numbers.finish()
    lexicon.finish()
    from limerun.dataset.words.vocabulary import Vocabulary

    female = {name.lower() for name in Vocabulary("sv_SE").female_names}
    male = {name.lower() for name in Vocabulary("sv_SE").male_names}
    for names, right, wrong in ((women, female, male), (men, male, female)):
        others = {o.lower() for o in lexicon(strings(names)).to_pylist()}
        assert not others & (wrong - right)
        assert others & right
