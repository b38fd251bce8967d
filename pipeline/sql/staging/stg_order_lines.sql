-- Order lines as the sources and the core tell them.
-- grain: one row per order line
-- key: order_id, line_id
-- owner: pipeline
-- units: money bigint cents, quantities in units, times timestamptz UTC
-- incremental: view
-- An order that the core has, has the rows of the core alone.
with log_rows as (
  select * from raw_log_order_lines
),

file_rows as (
  select
    * exclude (node_external_id),
    provider || ':' || node_external_id as node_id
  from raw_file_order_lines
  anti join raw_log_orders
    on raw_log_orders.provider = raw_file_order_lines.provider
    and raw_log_orders.order_external_id = raw_file_order_lines.order_external_id
),

united as (
  select * from file_rows
  union all by name
  select * from log_rows
),

final as (
  select
    md5(concat_ws(chr(31), market, provider, order_external_id))::uuid as order_id,
    line_external_id as line_id,
    market,
    provider,
    sku,
    quantity,
    unit_price_cents,
    coalesce(discount_cents, 0) as discount_cents,
    coalesce(tax_cents, 0) as tax_cents,
    coalesce(freight_cents, 0) as freight_cents,
    node_id,
    status,
    ship_by,
    shipped_quantity,
    cancelled_quantity,
    flags
  from united
)

select * from final
