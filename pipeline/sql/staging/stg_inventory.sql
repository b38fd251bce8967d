-- Stock counts as the sources tell them.
-- grain: one row per product, node and count
-- key: provider, sku, node_id, counted_at
-- owner: pipeline
-- units: quantities in units, money bigint cents, times timestamptz UTC
-- incremental: view
with file_rows as (
  select * from raw_file_inventory
),

final as (
  select
    market,
    provider,
    sku,
    provider || ':' || node_external_id as node_id,
    counted_at,
    on_hand,
    coalesce(allocated, 0) as allocated,
    coalesce(reserved, 0) as reserved,
    coalesce(safety_stock, 0) as safety_stock,
    coalesce(inbound, 0) as inbound,
    unit_cost_cents
  from file_rows
)

select * from final
