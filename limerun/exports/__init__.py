"""Read real exports, measure their shape, anonymize them, and prove copies safe."""
