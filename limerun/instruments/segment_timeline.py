"""When each segment ran: its seconds in equal stretches of the run, however long."""

_STRETCHES = 240
_FIRST_WIDTH = 0.005


class SegmentTimeline:
    """Sums of time by label and stretch; stretches double when there are too many."""

    def __init__(self) -> None:
        self.width = _FIRST_WIDTH
        self._start = 0.0
        self._bands: dict[str, list[float]] = {}

    def start(self, at: float) -> None:
        """Begin at a time."""
        self._start = at

    def add(self, label: str, begin: float, end: float) -> None:
        """Add a stretch of time."""
        begin -= self._start
        end -= self._start
        while end >= _STRETCHES * self.width:
            self._fold()
        band = self._bands.get(label)
        if band is None:
            band = self._bands[label] = [0.0] * _STRETCHES
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
            pairs = [first + second for first, second in zip(band[::2], band[1::2])]  # noqa: B905 - 3.10 has it, and they are even
            self._bands[label] = pairs + [0.0] * (_STRETCHES - len(pairs))
        self.width *= 2

    def told(self) -> list[list[object]]:
        """Return [label, seconds of each stretch], without stretches yet to come."""
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
