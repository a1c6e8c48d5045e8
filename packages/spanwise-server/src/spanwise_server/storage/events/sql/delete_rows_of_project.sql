ALTER TABLE /*table*/ /*on_cluster*/
DELETE WHERE project_id = {project_id:String}
