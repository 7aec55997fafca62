"""The numbers of charts."""

from decimal import Decimal

import pytest
from django.template.loader import render_to_string

from store.admin.charts import Mark, Point, nice_step, ranking, series, short

pytestmark = pytest.mark.once


def points(*values):
    return [Point(f"day {n}", Decimal(value), f"USD {value}") for n, value in enumerate(values, 1)]


def texts(marks):
    return [mark.text for mark in marks]


@pytest.mark.parametrize(
    ("highest", "step"),
    [(0, "1"), (4, "1"), (7, "2"), (100, "25"), (101, "50"), (239_409, "100000"), ("0.3", "0.1")],
)
def test_the_lines_are_at_round_values(highest, step):
    assert nice_step(Decimal(highest)) == Decimal(step)


@pytest.mark.parametrize(
    ("value", "text"), [("0", "0"), ("2.5", "2.5"), ("1500", "1.5k"), ("2000000", "2M")]
)
def test_an_axis_is_written_briefly(value, text):
    assert short(Decimal(value)) == text


class TestSeries:
    def test_bars_stand_within_the_chart(self):
        chart = series(key="a", title="A", points=points(0, 30, 60))

        assert chart.kind == "bars"
        assert texts(chart.lines) == ["0", "20", "40", "60"]
        assert [(bar.y, bar.height) for bar in chart.bars] == [(100, 0), (50, 50), (0, 100)]
        assert chart.bars[-1].x + chart.bars[-1].width < 100

    def test_the_highest_line_is_not_below_the_highest_bar(self):
        chart = series(key="a", title="A", points=points(239_409))

        assert texts(chart.lines)[-1] == "300k"
        assert chart.bars[0].y > 0

    def test_many_points_are_a_line(self):
        chart = series(key="a", title="A", points=points(*[1] * 200))

        assert (chart.kind, chart.bars) == ("line", ())
        assert chart.line.startswith("0.25,0.00 0.75,0.00 ")

    def test_few_labels_stand_below_many_points(self):
        chart = series(key="a", title="A", points=points(*range(90)))

        assert texts(chart.labels) == ["day 1", "day 16", "day 31", "day 46", "day 61", "day 76"]
        assert chart.labels[0] == Mark(Decimal("0.56"), "day 1")

    @pytest.mark.parametrize("values", [(), (0, 0)])
    def test_nothing_sold_is_a_chart_too(self, values):
        chart = series(key="a", title="A", points=points(*values))

        assert texts(chart.lines) == ["0", "1"]
        assert {bar.height for bar in chart.bars} <= {0}


def test_it_says_in_words_what_it_shows():
    chart = series(key="a", title="A", points=points(10, 30, 20))

    expected = "3 values, from day 1 to day 3. The highest is USD 30, day 2."
    assert chart.description == expected


def test_a_ranking_shortens_long_names():
    chart = ranking(key="a", title="A", points=[Point("x" * 50, Decimal(5), "5")])

    assert chart.bars[0].point.label == f"{'x' * 33}…"
    assert (chart.bars[0].width, chart.height) == (100, 38)


def test_names_are_escaped_and_the_picture_is_named():
    chart = ranking(key="a", title="Revenue", points=[Point("<b>", Decimal(5), "5")])

    page = render_to_string("admin/store/chart.html", {"chart": chart})

    assert '<title id="a-title">Revenue</title>' in page
    assert 'role="img" aria-labelledby="a-title a-desc"' in page
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
