DELETE FROM scores /*on_cluster*/
WHERE project_id = {project_id:String} AND id IN ({score_ids:Array(String)})
