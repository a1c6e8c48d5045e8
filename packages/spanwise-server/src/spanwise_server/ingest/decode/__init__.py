"""Wire bytes to observations and partials: OTLP protobuf and JSON, Langfuse batches, scores."""
