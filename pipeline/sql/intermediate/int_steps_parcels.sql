-- Parcels to customers from hand-over to delivery, with the days they were meant to take.
-- grain: one row per shipment with a promise
-- key: none (facts)
-- owner: pipeline
-- units: hours since 1970 UTC, a null closed_hour is still on its way; days of the customer, 0 = the day promised
-- incremental: view
-- facts: shipments.shipped_at..delivered_at
-- ends: closed_hour, delivered_us, delivered_day
-- The end of the day promised is midnight where the customer is. What left later than planned is expected as many days
-- later.
with parcels as (
  select * from shipments where promised_at is not null
),

plans as (
  select order_id, node_id, min(coalesce(ship_by, promised_at)) as ship_by, min(method) as method
  from fulfillment_orders
  where order_id in (select order_id from parcels)
  group by order_id, node_id
),

timed as (
  select
    parcels.*,
    epoch_us(parcels.promised_at) as promised_us,
    epoch_us(parcels.shipped_at) as shipped_us,
    epoch_us(parcels.delivered_at) as delivered_us,
    epoch_us(coalesce(plans.ship_by, parcels.shipped_at)) as due_us
  from parcels
  left join plans on plans.order_id = parcels.order_id and plans.node_id = parcels.node_id
  where coalesce(plans.method, 'delivery') = 'delivery'
),

placed as (
  select
    *,
    ceil((shipped_us - promised_us) / 86400000000.0)::bigint as shipped_day,
    ceil((due_us - promised_us) / 86400000000.0)::bigint as due_day,
    ceil((delivered_us - promised_us) / 86400000000.0)::bigint as delivered_day
  from timed
),

final as (
  select
    market,
    shipped_us // 3600000000 as opened_hour,
    if(delivered_us < shipped_us, shipped_us, delivered_us) // 3600000000 as closed_hour,
    provider,
    coalesce(node_id, 'unknown') as node,
    carrier,
    coalesce(service, 'unknown') as service,
    lane,
    promised_us,
    shipped_us,
    delivered_us,
    shipped_day,
    delivered_day,
    shipped_day - due_day as days_late
  from placed
  where shipped_us is not null
)

select * from final
