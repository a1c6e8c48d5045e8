SELECT 1 FROM /*table*/
WHERE project_id = {project_id:String} AND /*time*/ < fromUnixTimestamp64Micro({before:Int64}, 'UTC')
LIMIT 1
