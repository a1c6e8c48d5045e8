-- By id, not by trace: an earlier version may have been about another trace, and must not come back in place of this one.
DELETE FROM scores /*on_cluster*/
WHERE project_id = {project_id:String}
  AND id IN (SELECT id FROM scores FINAL WHERE project_id = {project_id:String} AND trace_id IN ({trace_ids:Array(String)}))
