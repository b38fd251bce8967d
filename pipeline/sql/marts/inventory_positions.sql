-- Stock as last counted.
-- grain: one row per product and node
-- key: provider, sku, node_id
-- owner: pipeline
-- units: quantities in units, money bigint cents, times timestamptz UTC
-- incremental: inventory
with counts as (
  select * from inventory_counts
),

newest as (
  select provider, sku, node_id, max(counted_at) as counted_at
  from counts
  group by provider, sku, node_id
),

final as (
  select
    counts.market, counts.provider, counts.sku, counts.sku_class, counts.node_id, counts.counted_at,
    counts.on_hand, counts.allocated, counts.reserved, counts.safety_stock, counts.inbound,
    counts.available, counts.unit_cost_cents
  from counts
  semi join newest
    on newest.provider = counts.provider
    and newest.sku = counts.sku
    and newest.node_id = counts.node_id
    and newest.counted_at = counts.counted_at
)

select * from final
