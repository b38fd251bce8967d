-- Stock movements.
-- grain: one row per stock movement
-- key: provider, movement_id
-- owner: pipeline
-- units: quantities in units, times timestamptz UTC
-- incremental: inventory
-- order: moved_at
with movement_rows as (
  select * from stg_inventory_movements
),

classes as (
  select provider, sku, sku_class from products
),

market_classes as (
  select market, sku, sku_class from int_market_classes
),

final as (
  select
    movement_rows.market,
    movement_rows.provider,
    movement_rows.movement_id,
    movement_rows.sku,
    coalesce(classes.sku_class, market_classes.sku_class, 'unknown') as sku_class,
    movement_rows.node_id,
    movement_rows.moved_at,
    movement_rows.kind,
    movement_rows.delta
  from movement_rows
  left join classes on classes.provider = movement_rows.provider and classes.sku = movement_rows.sku
  left join market_classes
    on market_classes.market = movement_rows.market and market_classes.sku = movement_rows.sku
)

select * from final
