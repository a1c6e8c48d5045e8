DELETE FROM /*table*/ /*on_cluster*/
WHERE project_id = {project_id:String} AND /*time*/ < fromUnixTimestamp64Micro({before:Int64}, 'UTC')
