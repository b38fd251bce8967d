-- Order lines as the sources tell them.
-- grain: one row per order line
-- key: order_id, line_id
-- owner: pipeline
-- units: money bigint cents, quantities in units, times timestamptz UTC
-- incremental: view
with file_rows as (
  select * from raw_file_order_lines
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
    provider || ':' || node_external_id as node_id,
    status,
    ship_by,
    shipped_quantity,
    cancelled_quantity,
    flags
  from file_rows
)

select * from final
