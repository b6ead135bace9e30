"""Files in, chunks out: loaders per format, chunkers, and the pipeline into the catalogue."""
