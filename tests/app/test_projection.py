"""Vectors drawn in a plane: against numpy's whole decomposition."""

from __future__ import annotations

import numpy as np
import pytest

from app.lab.projection import plane_of
from rag.types import Vectors


def clouds(n: int, dim: int) -> Vectors:
    """Unit rows around three middles, as embeddings of documents lie."""
    chooser = np.random.default_rng(7)
    middles = chooser.standard_normal((3, dim))
    rows = middles[chooser.integers(0, 3, n)] + 0.4 * chooser.standard_normal((n, dim))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize(("n", "dim"), [(500, 384), (60, 384), (500, 8), (4, 384)])
def test_it_is_the_plane_of_the_two_greatest_differences(n: int, dim: int):
    vectors = clouds(n, dim)
    plane = plane_of(vectors)
    rows = (vectors - vectors.mean(axis=0)).astype(np.float64)
    _, lengths, axes = np.linalg.svd(rows, full_matrices=False)
    assert np.abs((plane.axes * axes[:2]).sum(axis=1)) == pytest.approx([1, 1], abs=1e-3)
    assert plane.share == pytest.approx((lengths[:2] ** 2).sum() / (lengths**2).sum(), abs=1e-3)
    assert plane.places(vectors).shape == (n, 2)
    assert plane.places(vectors).mean(axis=0) == pytest.approx([0, 0], abs=1e-5)


def test_the_same_vectors_are_always_drawn_the_same_way():
    first, second = plane_of(clouds(300, 64)), plane_of(clouds(300, 64))
    assert np.array_equal(first.axes, second.axes)
    turned = plane_of(-clouds(300, 64)[::-1])
    assert np.abs((turned.axes * first.axes).sum(axis=1)) == pytest.approx([1, 1], abs=1e-3)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_too_few_vectors_all_lie_in_one_place(n: int):
    plane = plane_of(clouds(9, 16)[:n])
    assert plane.share == 0
    assert not plane.places(clouds(9, 16)).any()


def test_equal_vectors_lie_in_one_place():
    plane = plane_of(np.repeat(clouds(1, 16), 50, axis=0))
    assert plane.share == 0
    assert np.isfinite(plane.places(clouds(5, 16))).all()


def test_vectors_on_a_line_lie_on_one_in_the_plane():
    plane = plane_of(np.outer(np.arange(1, 21, dtype=np.float32), clouds(1, 16)[0]))
    places = plane.places(np.outer(np.arange(1, 21, dtype=np.float32), clouds(1, 16)[0]))
    assert plane.share == pytest.approx(1)
    assert np.isfinite(places).all()
    assert np.diff(places[:, 0]) == pytest.approx(np.full(19, np.diff(places[:2, 0])[0]), rel=1e-3)
