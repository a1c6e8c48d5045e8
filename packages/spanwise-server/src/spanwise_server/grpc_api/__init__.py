"""OTLP over gRPC: another door to the same ingest. An option that needs the extra ``grpc``; imported only when it is asked for."""
