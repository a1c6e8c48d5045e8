CREATE MATERIALIZED VIEW IF NOT EXISTS experiment_minutes_of_observations /*on_cluster*/ TO experiment_minutes AS
SELECT DISTINCT
    project_id,
    experiment['id'] AS experiment_id,
    experiment['dataset.id'] AS dataset_id,
    toStartOfMinute(start_time) AS minute
FROM observations
WHERE experiment['id'] != ''
