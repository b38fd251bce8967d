-- Order lines with the class of their product; a line of an order that never came is left out.
-- grain: one row per order line
-- key: order_id, line_id
-- owner: pipeline
-- units: money bigint cents, quantities in units, times timestamptz UTC
-- incremental: order
-- order: placed_at
-- A line without quantities of its own is shipped or cancelled as its order is.
with line_rows as (
  select * from stg_order_lines
),

headers as (
  select order_id, placed_at, status from stg_orders
),

classes as (
  select provider, sku, sku_class from products
),

market_classes as (
  select market, sku, sku_class from int_market_classes
),

joined as (
  select
    line_rows.*,
    headers.placed_at,
    coalesce(line_rows.status, headers.status) as state,
    coalesce(classes.sku_class, market_classes.sku_class, 'unknown') as sku_class
  from line_rows
  inner join headers on headers.order_id = line_rows.order_id
  left join classes on classes.provider = line_rows.provider and classes.sku = line_rows.sku
  left join market_classes
    on market_classes.market = line_rows.market and market_classes.sku = line_rows.sku
),

cancelled as (
  select
    *,
    coalesce(cancelled_quantity, case when state = 'cancelled' then quantity else 0 end) as dropped
  from joined
),

final as (
  select
    order_id,
    line_id,
    market,
    provider,
    sku,
    sku_class,
    state as status,
    placed_at,
    quantity,
    coalesce(
      shipped_quantity,
      case
        when state in ('shipped', 'delivered', 'collected', 'return_requested', 'returned')
          then quantity - dropped
        else 0
      end
    ) as shipped_quantity,
    dropped as cancelled_quantity,
    unit_price_cents,
    quantity * unit_price_cents - discount_cents as total_cents,
    discount_cents,
    tax_cents,
    freight_cents,
    node_id,
    ship_by,
    flags
  from cancelled
)

select * from final
