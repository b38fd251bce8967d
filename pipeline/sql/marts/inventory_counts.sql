-- All stock counts, with what is left to promise.
-- grain: one row per product, node and count
-- key: provider, sku, node_id, counted_at
-- owner: pipeline
-- units: quantities in units, money bigint cents, times timestamptz UTC
-- incremental: inventory
-- order: counted_at
with counts as (
  select * from stg_inventory where not is_current
),

classes as (
  select provider, sku, sku_class from products
),

market_classes as (
  select market, sku, sku_class from int_market_classes
),

final as (
  select
    counts.market,
    counts.provider,
    counts.sku,
    coalesce(classes.sku_class, market_classes.sku_class, 'unknown') as sku_class,
    counts.node_id,
    counts.counted_at,
    counts.on_hand,
    counts.allocated,
    counts.reserved,
    counts.safety_stock,
    counts.inbound,
    counts.on_hand - counts.allocated - counts.reserved - counts.safety_stock as available,
    counts.unit_cost_cents
  from counts
  left join classes on classes.provider = counts.provider and classes.sku = counts.sku
  left join market_classes
    on market_classes.market = counts.market and market_classes.sku = counts.sku
)

select * from final
