-- What work asks that names its lines itself, also where the lines have moved on to another node.
-- grain: one row per fulfillment order of the core
-- key: order_id, fulfillment_order_id
-- owner: pipeline
-- units: lines
-- incremental: view
with work_lines as (
  select * from stg_work_lines
),

line_rows as (
  select order_id, line_id, quantity, shipped_quantity, sku_class from order_lines
),

final as (
  select
    work_lines.order_id,
    work_lines.fulfillment_order_id,
    count(*) as line_count,
    count(*) filter (where line_rows.shipped_quantity >= line_rows.quantity) as filled,
    case when min(line_rows.sku_class) = max(line_rows.sku_class) then min(line_rows.sku_class)
      else 'mixed' end as sku_class
  from work_lines
  inner join line_rows
    on line_rows.order_id = work_lines.order_id and line_rows.line_id = work_lines.line_id
  group by work_lines.order_id, work_lines.fulfillment_order_id
)

select * from final
