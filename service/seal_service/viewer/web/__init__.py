"""The canvas component itself: plain ES modules and a stylesheet; see `types.d.ts`."""
