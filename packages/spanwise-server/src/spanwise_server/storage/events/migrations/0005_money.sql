-- Where a cost comes from. Costs that were written before were all given by clients.
ALTER TABLE observations /*on_cluster*/
    ADD COLUMN IF NOT EXISTS model_id LowCardinality(String),
    ADD COLUMN IF NOT EXISTS price_tier_id LowCardinality(String),
    ADD COLUMN IF NOT EXISTS price_tier LowCardinality(String),
    ADD COLUMN IF NOT EXISTS cost_source LowCardinality(String) DEFAULT if(empty(cost), '', 'provided'),
    ADD COLUMN IF NOT EXISTS usage_estimated Bool DEFAULT false
