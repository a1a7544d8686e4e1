"""Record when each segment ran: its seconds in up to 240 equal intervals of the run."""

_INTERVALS = 240
_FIRST_WIDTH = 0.005


class SegmentTimeline:
    """Sums seconds by label and interval; a longer run doubles the intervals' width."""

    def __init__(self) -> None:
        self.width = _FIRST_WIDTH
        self._start = 0.0
        self._bands: dict[str, list[float]] = {}

    def start(self, at: float) -> None:
        """Set the time of the run's start."""
        self._start = at

    def add(self, label: str, begin: float, end: float) -> None:
        """Add the time from `begin` to `end` to a label."""
        begin -= self._start
        end -= self._start
        while end >= _INTERVALS * self.width:
            self._fold()
        band = self._bands.get(label)
        if band is None:
            band = self._bands[label] = [0.0] * _INTERVALS
        first, last = int(begin / self.width), int(end / self.width)
        if first == last:
            band[first] += end - begin
            return
        band[first] += (first + 1) * self.width - begin
        for index in range(first + 1, last):
            band[index] += self.width
        band[last] += end - last * self.width

    def _fold(self) -> None:
        for label, band in list(self._bands.items()):
            pairs = [first + second for first, second in zip(band[::2], band[1::2])]  # noqa: B905 - both halves have the same length
            self._bands[label] = pairs + [0.0] * (_INTERVALS - len(pairs))
        self.width *= 2

    def summary(self) -> list[list[object]]:
        """Return [label, seconds in each interval], up to the last used interval."""
        bands = list(self._bands.items())
        used = max(
            (
                index + 1
                for _, band in bands
                for index, seconds in enumerate(band)
                if seconds > 0
            ),
            default=0,
        )
        return [
            [label, [round(each, 4) for each in band[:used]]] for label, band in bands
        ]
