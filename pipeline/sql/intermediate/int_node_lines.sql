-- What an order asks of each node, from its lines; lines without a node stand under a null node.
-- grain: one row per order and node named by its lines
-- key: order_id, node_id
-- owner: pipeline
-- units: money bigint cents, quantities in units, times timestamptz UTC
-- incremental: view
with line_rows as (
  select * from order_lines
),

final as (
  select
    order_id,
    node_id,
    count(*) as line_count,
    count(*) filter (where shipped_quantity >= quantity) as filled_line_count,
    count(*) filter (where status = 'cancelled') as cancelled_line_count,
    sum(quantity)::bigint as unit_count,
    sum(shipped_quantity)::bigint as shipped_quantity,
    sum(total_cents)::bigint as total_cents,
    sum(freight_cents)::bigint as freight_cents,
    sum(tax_cents)::bigint as tax_cents,
    sum(discount_cents)::bigint as discount_cents,
    min(sku_class) as first_class,
    max(sku_class) as last_class,
    min(ship_by) as ship_by
  from line_rows
  group by order_id, node_id
)

select * from final
