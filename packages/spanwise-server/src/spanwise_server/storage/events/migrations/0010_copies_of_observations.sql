CREATE MATERIALIZED VIEW IF NOT EXISTS copies_of_observations /*on_cluster*/ TO narrow_observations AS
SELECT
    project_id, trace_id, id, parent_id, is_root, type, name, start_time, end_time, completion_start_time, level,
    environment, version, release, user_id, session_id, tags, model, usage, cost, total_cost, prompt_name, prompt_version,
    tool_names, called_tool_names, experiment, trace_name, source, sdk_name, sdk_version, public_key, row_version, is_deleted
FROM observations
