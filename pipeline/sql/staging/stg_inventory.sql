-- Stock counts as the sources tell them, and stock as the core has it now.
-- grain: one row per product, node and count, and one per product and node that the core has
-- key: provider, sku, node_id, counted_at, is_current
-- owner: pipeline
-- units: quantities in units, money bigint cents, times timestamptz UTC
-- incremental: view
-- The core's row moves on with every change: it is a state, no count, and stands in no history.
with log_rows as (
  select *, true as is_current
  from raw_log_inventory
),

file_rows as (
  select
    * exclude (node_external_id),
    provider || ':' || node_external_id as node_id,
    false as is_current
  from raw_file_inventory
),

united as (
  select * from file_rows
  union all by name
  select * from log_rows
),

final as (
  select
    market,
    provider,
    sku,
    node_id,
    counted_at,
    on_hand,
    coalesce(allocated, 0) as allocated,
    coalesce(reserved, 0) as reserved,
    coalesce(safety_stock, 0) as safety_stock,
    coalesce(inbound, 0) as inbound,
    coalesce(ring_fenced, 0) as ring_fenced,
    unit_cost_cents,
    is_current
  from united
)

select * from final
