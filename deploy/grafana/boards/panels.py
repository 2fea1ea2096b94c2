"""Panels of few kinds, all with the same units, colours, legends and a description; and the dashboard around them.

Knows no expression and no metric. Colours are of the set of Okabe and Ito, which people with any colour vision can tell
apart; a traffic light says in words or in a number what its colour says, too.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grafana_foundation_sdk.builders import common, dashboard, heatmap, prometheus, stat, table, timeseries
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models import common as shapes
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.heatmap import HeatmapColorMode
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

GOOD, WARN, BAD = "#0072B2", "#E69F00", "#D55E00"
ABSENT, NONE = "#999999", "transparent"
LEAST = -1e9
"""Below every figure: Grafana gives what is absent the colour of the lowest threshold, so that one must not be calm."""
TAG = "rasad"
DATASOURCE = models.DataSourceRef("prometheus", "${datasource}")
NO_DATA = "no data"
FULL, HALF, THIRD, SIXTH, EIGHTH = 24, 12, 8, 4, 3
SECONDS, SHARE, PER_MINUTE, COUNT, BYTES = "s", "percentunit", "cpm", "short", "bytes"

type Panel = Builder[models.Panel]
type Steps = Sequence[tuple[float, str]]


@dataclass(frozen=True, slots=True)
class Query:
    """One expression of a panel and what its series are called; `{{label}}` stands for a label's value."""

    expression: str
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A row of a dashboard."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """One dashboard."""

    name: str
    title: str
    says: str
    sections: tuple[Section, ...]
    variables: tuple[Builder[models.VariableModel], ...] = ()
    since: str = "now-6h"
    refresh: str = "30s"


def good_below(warn: float, bad: float) -> Steps:
    """Return thresholds of what should be small."""
    return ((warn, WARN), (bad, BAD))


BAD_FROM_ONE: Steps = ((1.0, BAD),)
WARN_FROM_ONE: Steps = ((1.0, WARN),)


def _thresholds(steps: Steps, base: str) -> Builder[models.ThresholdsConfig]:
    rising = [models.Threshold(None, base), *(models.Threshold(value, colour) for value, colour in steps)]
    return dashboard.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(rising)


def _words(texts: Mapping[int, str]) -> list[models.ValueMapping]:
    nothing = models.ValueMappingResult(text=NO_DATA, color=ABSENT)
    absent = models.DashboardSpecialValueMapOptions(models.SpecialValueMatch.NULL_AND_NAN, nothing)
    results = {str(value): models.ValueMappingResult(text=text) for value, text in texts.items()}
    return [*([models.ValueMap(results)] if texts else []), models.SpecialValueMap(absent)]


def _targets(
    queries: Iterable[Query], *, instant: bool = False, shape: PromQueryFormat | None = None
) -> list[Builder[Dataquery]]:
    targets: list[Builder[Dataquery]] = []
    for letter, query in zip("ABCDEFGH", queries, strict=False):
        target = prometheus.Dataquery().ref_id(letter).expr(query.expression).datasource(DATASOURCE)
        target = target.instant() if instant else target.range()
        if query.legend:
            target = target.legend_format(query.legend)
        targets.append(target.format(shape) if shape else target)
    return targets


def tile(
    title: str,
    says: str,
    expression: str,
    unit: str = COUNT,
    *,
    steps: Steps = (),
    base: str = GOOD,
    legend: str = "",
    words: Mapping[int, str] | None = None,
    width: int = SIXTH,
    decimals: int | None = None,
) -> Panel:
    """Return a big number on its colour; an absent one is grey and says so."""
    panel = (
        stat.Panel()
        .title(title)
        .description(says)
        .datasource(DATASOURCE)
        .span(width)
        .height(4)
        .unit(unit)
        .no_value(NO_DATA)
        .mappings(_words(words or {}))
        .thresholds(_thresholds(((LEAST, base), *steps), ABSENT))
        .color_scheme(dashboard.FieldColor().mode(models.FieldColorModeId.THRESHOLDS))
        .color_mode(shapes.BigValueColorMode.BACKGROUND_SOLID)
        .graph_mode(shapes.BigValueGraphMode.NONE)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).fields("").values(False))
        .targets(_targets([Query(expression, legend)], instant=True))
    )
    panel = panel.text_mode(shapes.BigValueTextMode.VALUE_AND_NAME) if legend else panel
    return panel if decimals is None else panel.decimals(decimals)


def lines(
    title: str,
    says: str,
    *queries: Query,
    unit: str = COUNT,
    width: int = HALF,
    stacked: bool = False,
    steps: Steps = (),
) -> Panel:
    """Return a graph over time, with the last and the greatest value of each line in its legend."""
    panel = (
        timeseries.Panel()
        .title(title)
        .description(says)
        .datasource(DATASOURCE)
        .span(width)
        .height(8)
        .unit(unit)
        .min(0)
        .no_value(NO_DATA)
        .line_width(1)
        .fill_opacity(40 if stacked else 8)
        .show_points(shapes.VisibilityMode.AUTO)
        .span_nulls(False)
        .color_scheme(dashboard.FieldColor().mode(models.FieldColorModeId.PALETTE_CLASSIC_BY_NAME))
        .thresholds(_thresholds(steps, GOOD))
        .tooltip(common.VizTooltipOptions().mode(shapes.TooltipDisplayMode.MULTI).sort(shapes.SortOrder.DESCENDING))
        .legend(
            common.VizLegendOptions()
            .display_mode(shapes.LegendDisplayMode.TABLE)
            .placement(shapes.LegendPlacement.BOTTOM)
            .show_legend(True)
            .calcs(["lastNotNull", "max"])
        )
        .targets(_targets(queries))
    )
    if steps:
        style = common.GraphThresholdsStyleConfig().mode(shapes.GraphTresholdsStyleMode.DASHED)
        panel = panel.thresholds_style(style)
    return panel.stacking(common.StackingConfig().mode(shapes.StackingMode.NORMAL)) if stacked else panel


def heat(title: str, says: str, expression: str, unit: str, *, width: int = HALF, repeat: str | None = None) -> Panel:
    """Return a histogram over time."""
    panel = (
        heatmap.Panel()
        .title(title)
        .description(says)
        .datasource(DATASOURCE)
        .span(width)
        .height(8)
        .no_value(NO_DATA)
        .calculate(False)
        # A scale of one hue from dark to light reads the same for every eye.
        .color(heatmap.HeatmapColorOptions().mode(HeatmapColorMode.SCHEME).scheme("Blues").steps(32))
        .y_axis(heatmap.YAxisConfig().unit(unit))
        .scale_distribution(common.ScaleDistributionConfig().type(shapes.ScaleDistribution.LINEAR))
        .targets(_targets([Query(expression, "{{le}}")], shape=PromQueryFormat.HEATMAP))
    )
    # Grafana shares a repeated panel's whole width among its copies.
    return panel.span(FULL).repeat(repeat).repeat_direction("h") if repeat else panel


@dataclass(frozen=True, slots=True)
class Column:
    """A column of figures in a table, one row for each value of the labels that the expressions share."""

    title: str
    expression: str
    unit: str = COUNT
    steps: Steps = ()


def rows(title: str, says: str, key: str, link: str, *columns: Column, width: int = FULL, height: int = 10) -> Panel:
    """Return a table of figures by one label, greatest first by its first column; its values lead to `link`."""
    letters = "ABCDEFGH"[: len(columns)]
    renamed = {f"Value #{letter}": column.title for letter, column in zip(letters, columns, strict=True)}
    panel = (
        _table(title, says, width, height)
        .targets(_targets([Query(column.expression) for column in columns], instant=True, shape=PromQueryFormat.TABLE))
        .with_transformation(models.DataTransformerConfig("joinByField", options={"byField": key, "mode": "outer"}))
        .with_transformation(_keep(key, *renamed))
        .with_transformation(_rename(renamed))
        .sort_by([common.TableSortByFieldState().display_name(columns[0].title).desc(True)])
    )
    panel = panel.override_by_name(key, [models.DynamicConfigValue("links", [{"title": "Show it", "url": link}])])
    for column in columns:
        properties = [models.DynamicConfigValue("unit", column.unit)]
        if column.steps:
            properties += [
                models.DynamicConfigValue("thresholds", _thresholds(column.steps, NONE).build()),
                models.DynamicConfigValue("custom.cellOptions", {"type": "color-background", "mode": "basic"}),
            ]
        panel = panel.override_by_name(column.title, properties)
    return panel


def labels(title: str, says: str, expression: str, *shown: str, width: int = HALF) -> Panel:
    """Return a table of what labels say, and of how many processes say it."""
    return (
        _table(title, says, width, 6)
        .targets(_targets([Query(expression)], instant=True, shape=PromQueryFormat.TABLE))
        .with_transformation(_keep(*shown, "Value"))
        .with_transformation(_rename({"Value": "processes"}))
    )


def _table(title: str, says: str, width: int, height: int) -> table.Panel:
    panel = table.Panel().title(title).description(says).datasource(DATASOURCE).span(width).height(height)
    return panel.no_value(NO_DATA).show_header(True)


def _keep(*columns: str) -> models.DataTransformerConfig:
    return models.DataTransformerConfig("filterFieldsByName", options={"include": {"names": list(columns)}})


def _rename(names: Mapping[str, str]) -> models.DataTransformerConfig:
    return models.DataTransformerConfig("organize", options={"renameByName": dict(names)})


def _board_link() -> Builder[models.DashboardLink]:
    link = dashboard.DashboardLink("Rasad").type(models.DashboardLinkType.DASHBOARDS).tags([TAG])
    return link.as_dropdown(False).keep_time(True).include_vars(True)


def chosen(name: str, label: str, metric: str, *, everything: bool = True) -> Builder[models.VariableModel]:
    """Return a variable whose values are those of a label: all of them unless some are chosen, or at first one."""
    variable = (
        dashboard.QueryVariable(name)
        .label(label)
        .datasource(DATASOURCE)
        .query({"query": f"label_values({metric}, {name})", "refId": name})
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(models.VariableSort.ALPHABETICAL_ASC)
        .multi(True)
    )
    if not everything:
        return variable
    return variable.include_all(True).all_value(".*").current(models.VariableOption(text="All", value="$__all"))


def built(board: Board, timezone: str) -> models.Dashboard:
    """Return the dashboard as Grafana reads it; times are those of `timezone`, an IANA name or `browser`."""
    whole = (
        dashboard.Dashboard(board.title)
        .uid(f"rasad-{board.name}")
        .description(board.says)
        .tags([TAG])
        .readonly()
        .timezone(timezone)
        .time(board.since, "now")
        .refresh(board.refresh)
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .link(_board_link())
        .with_variable(dashboard.DatasourceVariable("datasource").label("Prometheus").type("prometheus"))
    )
    for variable in board.variables:
        whole = whole.with_variable(variable)
    for section in board.sections:
        whole = whole.with_row(dashboard.Row(section.title))
        for panel in section.panels:
            whole = whole.with_panel(panel)
    ready = whole.build()
    for number, placed in enumerate(ready.panels or (), start=1):
        placed.id_val = number  # links to a panel stay right as long as no panel is put before it
    return ready
