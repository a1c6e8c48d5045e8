SELECT count()
FROM (/*sessions*/)
WHERE (/*filters*/)
