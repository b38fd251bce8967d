-- Lines that the work of the core holds, in whole or in part.
-- grain: one row per fulfillment order of the core and line
-- key: order_id, fulfillment_order_id, line_id
-- owner: pipeline
-- units: none
-- incremental: view
with log_rows as (
  select * from raw_log_fulfillment_orders
),

final as (
  select
    md5(concat_ws(chr(31), market, provider, order_external_id))::uuid as order_id,
    fulfillment_order_external_id as fulfillment_order_id,
    unnest(line_ids) as line_id
  from log_rows
)

select * from final
