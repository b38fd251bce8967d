-- Orders with what their lines, nodes, shipments and returns add.
-- grain: one row per order
-- key: order_id
-- owner: pipeline
-- units: money bigint cents, quantities in units, times timestamptz UTC
-- incremental: order
-- order: placed_at
-- Late means delivered after the promise; a source that promises a day has its end as the promise.
with headers as (
  select * from stg_orders
),

order_totals as (
  select * from int_order_totals
),

work as (
  select order_id, node_id, lane, status from fulfillment_orders where status <> 'rejected'
),

shipment_rows as (
  select order_id, carrier, shipped_at, delivered_at from stg_shipments
),

return_rows as (
  select distinct order_id from stg_returns
),

live_slices as (
  select order_id, min(node_id) as node_id, max(node_id) as last_node_id,
    min(lane) as first_lane, max(lane) as last_lane
  from work
  where status <> 'cancelled'
  group by order_id
),

-- where nobody works on it any more, the nodes that did
ended_slices as (
  select order_id, min(node_id) as node_id, max(node_id) as last_node_id,
    min(lane) as first_lane, max(lane) as last_lane
  from work
  anti join live_slices on live_slices.order_id = work.order_id
  group by order_id
),

slices as (
  select * from live_slices
  union all
  select * from ended_slices
),

several as (
  select work.order_id, count(distinct work.node_id) as node_count
  from work
  inner join slices on slices.order_id = work.order_id
  left join live_slices on live_slices.order_id = work.order_id
  where slices.node_id <> slices.last_node_id
    and (work.status <> 'cancelled' or live_slices.order_id is null)
  group by work.order_id
),

carried as (
  select order_id, min(carrier) as first_carrier, max(carrier) as last_carrier,
    max(shipped_at) as shipped_at, max(delivered_at) as delivered_at
  from shipment_rows
  group by order_id
),

joined as (
  select
    headers.* replace (
      case
        when headers.status in ('shipped', 'delivered', 'collected', 'return_requested', 'returned')
          then coalesce(headers.shipped_at, carried.shipped_at)
        else headers.shipped_at
      end as shipped_at,
      case
        when headers.status in ('delivered', 'collected', 'return_requested', 'returned')
          then coalesce(headers.delivered_at, carried.delivered_at)
        else headers.delivered_at
      end as delivered_at
    ),
    order_totals.* exclude (order_id, total_cents, freight_cents, tax_cents, discount_cents),
    order_totals.total_cents as lines_total_cents,
    order_totals.freight_cents as lines_freight_cents,
    order_totals.tax_cents as lines_tax_cents,
    order_totals.discount_cents as lines_discount_cents,
    coalesce(several.node_count, if(slices.node_id is null, 0, 1)) as node_count,
    slices.node_id,
    slices.first_lane,
    slices.last_lane,
    carried.first_carrier,
    carried.last_carrier,
    return_rows.order_id is not null as is_returned
  from headers
  left join order_totals on order_totals.order_id = headers.order_id
  left join slices on slices.order_id = headers.order_id
  left join several on several.order_id = headers.order_id
  left join carried on carried.order_id = headers.order_id
  left join return_rows on return_rows.order_id = headers.order_id
),

final as (
  select
    order_id, market, provider, external_id,
    coalesce(channel, 'unknown') as channel,
    status, method, currency, customer_ref, country,
    coalesce(region, 'unknown') as region,
    city, postal_code, placed_at, approved_at, promised_at, shipped_at, delivered_at, cancelled_at,
    delivered_at > promised_at as is_late,
    status not in ('shipped', 'delivered', 'collected', 'cancelled', 'return_requested', 'returned')
      as is_open,
    coalesce(line_count, 0) as line_count,
    coalesce(unit_count, 0) as unit_count,
    coalesce(total_cents, lines_total_cents, 0) as total_cents,
    coalesce(freight_cents, lines_freight_cents, 0) as freight_cents,
    coalesce(tax_cents, lines_tax_cents, 0) as tax_cents,
    coalesce(discount_cents, lines_discount_cents, 0) as discount_cents,
    node_count,
    case when node_count = 1 then node_id end as node_id,
    case when first_carrier is null then 'unknown' when first_carrier = last_carrier then first_carrier
      else 'multiple' end as carrier,
    case
      when first_lane is null then 'unknown>' || coalesce(region, 'unknown')
      when first_lane = last_lane then first_lane
      else 'multiple'
    end as lane,
    coalesce(sku_class, 'unknown') as sku_class,
    coalesce(shipped_quantity >= unit_count, false) as is_in_full,
    is_returned,
    flags
  from joined
)

select * from final
