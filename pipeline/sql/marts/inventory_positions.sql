-- Stock as it is: as the core has it, or as last counted where that was later or the core does not have it.
-- grain: one row per product and node
-- key: provider, sku, node_id
-- owner: pipeline
-- units: quantities in units, money bigint cents, times timestamptz UTC
-- incremental: inventory
with counts as (
  select * from inventory_counts
),

current_rows as (
  select * from stg_inventory where is_current
),

classes as (
  select provider, sku, sku_class from products
),

market_classes as (
  select market, sku, sku_class from int_market_classes
),

newest as (
  select provider, sku, node_id, max(counted_at) as counted_at
  from counts
  group by provider, sku, node_id
),

last_counts as (
  select counts.*
  from counts
  semi join newest
    on newest.provider = counts.provider
    and newest.sku = counts.sku
    and newest.node_id = counts.node_id
    and newest.counted_at = counts.counted_at
),

-- what a unit costs only files tell
current_stock as (
  select
    current_rows.market,
    current_rows.provider,
    current_rows.sku,
    coalesce(classes.sku_class, market_classes.sku_class, 'unknown') as sku_class,
    current_rows.node_id,
    current_rows.counted_at,
    current_rows.on_hand,
    current_rows.allocated,
    current_rows.reserved,
    current_rows.safety_stock,
    current_rows.inbound,
    current_rows.on_hand - current_rows.allocated - current_rows.reserved - current_rows.safety_stock
      - current_rows.ring_fenced as available,
    last_counts.unit_cost_cents
  from current_rows
  left join last_counts
    on last_counts.provider = current_rows.provider
    and last_counts.sku = current_rows.sku
    and last_counts.node_id = current_rows.node_id
  left join classes on classes.provider = current_rows.provider and classes.sku = current_rows.sku
  left join market_classes
    on market_classes.market = current_rows.market and market_classes.sku = current_rows.sku
  where last_counts.counted_at is null or last_counts.counted_at <= current_rows.counted_at
),

final as (
  select
    market, provider, sku, sku_class, node_id, counted_at, on_hand, allocated, reserved, safety_stock,
    inbound, available, unit_cost_cents
  from last_counts
  anti join current_stock
    on current_stock.provider = last_counts.provider
    and current_stock.sku = last_counts.sku
    and current_stock.node_id = last_counts.node_id
  union all by name
  select * from current_stock
)

select * from final
