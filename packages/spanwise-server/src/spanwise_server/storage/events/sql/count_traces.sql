SELECT count()
FROM (/*aggregate*/)
WHERE (/*filters*/)
