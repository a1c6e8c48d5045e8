SELECT id, toUnixTimestamp64Micro(created_at), environment, trace_count
FROM (/*sessions*/)
WHERE (/*filters*/)
ORDER BY created_at DESC, id DESC
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
