-- What the lines of an order add up to.
-- grain: one row per order that has lines
-- key: order_id
-- owner: pipeline
-- units: money bigint cents, quantities in units
-- incremental: view
with node_lines as (
  select * from int_node_lines
),

final as (
  select
    order_id,
    sum(line_count)::bigint as line_count,
    sum(filled_line_count)::bigint as filled_line_count,
    sum(unit_count)::bigint as unit_count,
    sum(shipped_quantity)::bigint as shipped_quantity,
    sum(total_cents)::bigint as total_cents,
    sum(freight_cents)::bigint as freight_cents,
    sum(tax_cents)::bigint as tax_cents,
    sum(discount_cents)::bigint as discount_cents,
    min(ship_by) as ship_by,
    case when min(first_class) = max(last_class) then min(first_class) else 'mixed' end as sku_class
  from node_lines
  group by order_id
)

select * from final
