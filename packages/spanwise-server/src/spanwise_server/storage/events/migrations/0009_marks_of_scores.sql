-- What was cut of a score at ingest, and why a score that named a config was kept without it.
ALTER TABLE scores /*on_cluster*/
    ADD COLUMN IF NOT EXISTS truncated Array(LowCardinality(String)) AFTER public_key,
    ADD COLUMN IF NOT EXISTS config_violation String CODEC(ZSTD(1)) AFTER config_id
