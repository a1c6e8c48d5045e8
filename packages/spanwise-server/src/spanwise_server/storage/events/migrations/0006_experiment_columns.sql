-- What experiments are found by, beside the map that also holds expected outputs and metadata of items.
ALTER TABLE observations /*on_cluster*/
    ADD COLUMN IF NOT EXISTS experiment_id LowCardinality(String) MATERIALIZED experiment['id'],
    ADD COLUMN IF NOT EXISTS is_experiment_item Bool MATERIALIZED id != '' AND experiment['item.root_observation_id'] = id,
    ADD INDEX IF NOT EXISTS experiment_id_bloom experiment_id TYPE bloom_filter(0.01) GRANULARITY 1
