"""Who is enrolled on the page on faces, and the figures that show how faces lie to each other."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import pdist, squareform
from sklearn.decomposition import PCA

from gallery import figures
from gallery.faces.answering import two_nearest
from gallery.faces.people import People, plain
from models._errors import InputError
from models._face_gallery import MOST_ENTRIES
from models._face_map import between_all, flatten, grow_tree

COUNTS = st.integers(1, 12)


def unit(count: int, seed: int = 0, numbers: int = 128) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, numbers)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def written(drawn: figures.Drawing) -> str:
    return json.dumps(drawn.figure.to_dict(), default=lambda array: np.asarray(array).tolist())


@given(COUNTS, st.integers(0, 99))
def test_distances_are_those_of_scipy(count, seed):
    vectors = unit(count, seed)
    expected = squareform(pdist(vectors.astype(float))) if count > 1 else np.zeros((1, 1))
    np.testing.assert_allclose(between_all(vectors), expected, atol=1e-6)


@given(st.integers(2, 12), st.integers(0, 99))
def test_the_tree_is_that_of_scipy(count, seed):
    distances = between_all(unit(count, seed))
    tree = grow_tree(distances)
    expected = linkage(squareform(distances, checks=False), "average")
    np.testing.assert_allclose(tree.heights, expected[:, 2], atol=1e-9)
    np.testing.assert_array_equal(tree.joins, expected[:, :2].astype(int))
    assert sorted(tree.order) == list(range(count)) == sorted(leaves_list(expected))


def test_a_tree_of_one_face_has_no_joins():
    tree = grow_tree(np.zeros((1, 1)))
    assert tree.joins.shape == (0, 2)
    assert tree.order.tolist() == [0]


@given(st.integers(3, 12), st.integers(0, 99))
def test_the_map_keeps_what_principal_components_keep(count, seed):
    vectors = unit(count, seed).astype(float)
    found, pca = flatten(vectors), PCA(2).fit(vectors)
    assert found.kept == pytest.approx(pca.explained_variance_ratio_.sum(), abs=1e-6)
    np.testing.assert_allclose(
        pdist(found.places), pdist(pca.transform(vectors)), atol=1e-6
    )  # but for a mirror


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_faces_have_a_place_too(count):
    found = flatten(unit(count))
    assert found.places.shape == (count, 2)
    assert np.isfinite(found.places).all()
    assert found.kept == pytest.approx(1)


def test_people_are_enrolled_renamed_and_forgotten():
    people, vectors = People(), unit(3)
    for name, vector in zip(("Ada", "Bo", " Ada\n"), vectors, strict=True):
        people.add(name, vector)
    assert [person.name for person in people.present] == ["Ada", "Bo", "Ada"]
    people.rename(2, "Böe")
    assert [person.name for person in people.present] == ["Ada", "Böe", "Ada"]
    people.remove(1)
    assert [person.number for person in people.present] == [2, 3]
    people.add("Cy", vectors[0])
    assert people.present[-1].number == 4  # the number of who was forgotten is not given again
    people.clear()
    assert people.present == []


@pytest.mark.parametrize("name", ["", "  ", "\n\t", "\u200b", "x" * 61])
def test_what_is_no_name_is_refused(name):
    people = People()
    people.add("Ada", unit(1)[0])
    with pytest.raises(InputError):
        people.add(name, unit(1)[0])
    with pytest.raises(InputError):
        people.rename(1, name)
    assert [person.name for person in people.present] == ["Ada"]


def test_a_file_adds_who_is_not_there_yet_and_all_of_them_or_nobody():
    people, vectors = People(), unit(MOST_ENTRIES)
    people.add("Ada", vectors[0])
    again = vectors[:2].round(5)  # as a file rounds them
    assert people.take_in(["Ada", "Bo"], again) == 1
    assert [person.name for person in people.present] == ["Ada", "Bo"]
    with pytest.raises(InputError, match="gallery_full"):
        people.take_in([str(number) for number in range(MOST_ENTRIES - 1)], vectors[1:])
    assert len(people.present) == 2
    people.take_in([str(number) for number in range(MOST_ENTRIES - 2)], vectors[2:])
    assert len(people.present) == MOST_ENTRIES


@given(st.text(max_size=30))
def test_a_name_stays_a_name_in_markdown(name):
    escaped = plain(name)
    assert escaped.replace("\\", "") == name.replace("\\", "")
    for place, sign in enumerate(escaped):
        if sign in "*_[`<$:":
            assert escaped[place - 1] == "\\"


def test_the_next_person_is_somebody_else():
    names = ["Ada", "Bo", "Ada", "Cy"]
    assert two_nearest(names, [0.5, 0.9, 0.3, 0.7]) == [("Ada", 0.3), ("Cy", 0.7)]
    assert two_nearest(["Ada"], [0.5]) == [("Ada", 0.5), ("", None)]
    assert two_nearest([], []) == [("", None), ("", None)]


def test_a_dendrogram_names_every_face_once_and_every_join():
    vectors = unit(5)
    names = ["Ada", "Ada", "Bo", "Cy", "Di"]
    tree = grow_tree(between_all(vectors))
    drawn = figures.dendrogram(tree, names, x="distance", name="face", threshold=1.2)
    axis = drawn.figure.layout.yaxis
    assert sorted(axis.ticktext) == names
    assert list(axis.ticktext) == [names[place] for place in tree.order]
    np.testing.assert_allclose(drawn.table["distance"], tree.heights, atol=1e-4)
    assert sorted(f"{drawn.table['face'][-1]}, {drawn.table[' '][-1]}".split(", ")) == names
    lines = [line for line in drawn.figure.data if line.mode == "lines"]
    for line, (one, other) in zip(lines, tree.joins, strict=True):
        assert line.y[0] == line.y[1]
        assert line.y[2] == line.y[3]
        assert {line.x[0], line.x[3]} <= {0.0, *tree.heights}
        assert one != other


def test_a_dendrogram_of_many_faces_has_no_room_for_names():
    drawn = figures.dendrogram(grow_tree(between_all(unit(60))), ["x"] * 60)
    assert not drawn.figure.layout.yaxis.tickvals
    assert drawn.figure.layout.height < 800


def test_a_map_tells_people_apart_by_colour_and_sign():
    groups = [
        figures.PersonGroup("all", np.zeros((4, 2)), is_ground=True),
        *(figures.PersonGroup(str(n), np.full((2, 2), n)) for n in range(9)),
        figures.PersonGroup("new", np.ones((1, 2)), ["new: Ada"], is_open=True),
    ]
    drawn = figures.face_map(groups, x="a", y="b", name="face")
    looks = [(str(t.marker.color), str(t.marker.symbol)) for t in drawn.figure.data[1:]]
    assert len(set(looks)) == len(looks)
    assert len(drawn.table["face"]) == 4 + 18 + 1
    assert drawn.table["face"][-1] == "new: Ada"


def test_a_name_is_no_html_on_the_photo():
    box = figures.NamedBox(np.array([1, 1, 9, 9]), "<img src=x>", "<b>near</b>", False)
    drawn = figures.named_faces(np.zeros((20, 30, 3), np.uint8), [box], "alt")
    text = written(drawn)
    assert "<img" not in text
    assert "<b>" not in text
    assert "&lt;img" in text


def test_bars_are_compared_with_a_mark():
    drawn = figures.bars(["a", "b"], [0.2, 0.9], mark=0.5, mark_name="threshold")
    assert drawn.figure.layout.shapes[0].x0 == 0.5
    assert drawn.figure.layout.annotations[0].text == "threshold"
