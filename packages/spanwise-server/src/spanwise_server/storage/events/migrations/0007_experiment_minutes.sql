-- The minutes in which each experiment has rows: an experiment is a few minutes of a long history, and finding them in the
-- main table means looking at all of it. Says too much at most: rows that were replaced or deleted leave their minute.
CREATE TABLE IF NOT EXISTS experiment_minutes /*on_cluster*/
(
    project_id LowCardinality(String),
    experiment_id String CODEC(ZSTD(1)),
    dataset_id String CODEC(ZSTD(1)),
    minute DateTime('UTC') CODEC(ZSTD(1))
)
ENGINE = /*engine*/ReplacingMergeTree
ORDER BY (project_id, experiment_id, dataset_id, minute)
SETTINGS index_granularity = 512
