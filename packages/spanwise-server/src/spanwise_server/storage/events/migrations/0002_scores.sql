-- One row a score. The timestamp is part of the sort key; a later version of a score keeps the stored one.
CREATE TABLE IF NOT EXISTS scores /*on_cluster*/
(
    project_id LowCardinality(String),
    id String CODEC(ZSTD(1)),
    name LowCardinality(String),
    timestamp DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    trace_id String CODEC(ZSTD(1)),
    observation_id String CODEC(ZSTD(1)),
    session_id String CODEC(ZSTD(1)),
    dataset_run_id String CODEC(ZSTD(1)),
    source LowCardinality(String),
    data_type LowCardinality(String),
    value Nullable(Float64) CODEC(ZSTD(1)),
    string_value String CODEC(ZSTD(1)),
    comment String CODEC(ZSTD(1)),
    metadata Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    config_id String CODEC(ZSTD(1)),
    queue_id String CODEC(ZSTD(1)),
    execution_trace_id String CODEC(ZSTD(1)),
    author_user_id String CODEC(ZSTD(1)),
    environment LowCardinality(String),
    public_key LowCardinality(String),
    clock Map(LowCardinality(String), Int64) CODEC(ZSTD(1)),
    created_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    row_version UInt64 CODEC(Delta, ZSTD(1)),
    is_deleted UInt8 DEFAULT 0,
    INDEX id_bloom id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX trace_id_bloom trace_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX observation_id_bloom observation_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX session_id_bloom session_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = /*engine*/ReplacingMergeTree(row_version, is_deleted)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (project_id, toDate(timestamp), id)
SETTINGS
    enable_block_number_column = 1,
    enable_block_offset_column = 1,
    non_replicated_deduplication_window = 1000
