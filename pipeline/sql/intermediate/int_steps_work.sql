-- Steps of work as spans of hours: what waits to be picked, packed and sent, is answered, picked and paid for.
-- grain: one row per fulfillment order and step
-- key: none (facts)
-- owner: pipeline
-- units: hours since 1970 UTC; a null closed_hour is still open; done counts, or cents of freight
-- incremental: view
-- facts: fulfillment_orders.released_at..closed_at
-- ends: closed_hour, closed_us, done
-- No step begins before its work or lasts longer.
-- A step that a source does not time ends with the next one that it does. Only what was known in an hour counts in
-- it: what waits to be picked has no carrier yet.
with work as (
  select * from fulfillment_orders
),

timed as (
  select
    *,
    epoch_us(released_at) as released_us,
    epoch_us(closed_at) as closed_us,
    case when closed_at is not null then epoch_us(greatest(closed_at, released_at)) end as over_us,
    epoch_us(coalesce(picked_at, packed_at, closed_at)) as pick_end_us,
    epoch_us(coalesce(packed_at, closed_at)) as pack_end_us,
    (shipped_at is not null and status <> 'rejected')::bigint as shipped
  from work
),

steps as (
  select market, provider, node_id, sku_class, carrier, lane, released_us, over_us,
    unnest([
      {'step': 'pick', 'from_us': released_us, 'to_us': pick_end_us, 'is_there': true,
        'done': (picked_at is not null or shipped = 1)::bigint},
      {'step': 'pack', 'from_us': epoch_us(picked_at), 'to_us': pack_end_us, 'is_there': picked_at is not null,
        'done': (packed_at is not null or shipped = 1)::bigint},
      {'step': 'send', 'from_us': epoch_us(packed_at), 'to_us': closed_us, 'is_there': packed_at is not null,
        'done': shipped},
      {'step': 'refuse', 'from_us': epoch_us(coalesce(rejected_at, accepted_at)),
        'to_us': epoch_us(coalesce(rejected_at, accepted_at)),
        'is_there': coalesce(rejected_at, accepted_at) is not null, 'done': (rejected_at is not null)::bigint},
      {'step': 'short', 'from_us': epoch_us(picked_at), 'to_us': epoch_us(picked_at),
        'is_there': picked_at is not null, 'done': (short_quantity > 0)::bigint},
      {'step': 'freight', 'from_us': epoch_us(shipped_at), 'to_us': epoch_us(shipped_at),
        'is_there': shipped = 1 and freight_cost_cents > 0, 'done': freight_cost_cents}
    ], recursive := true)
  from timed
),

final as (
  select
    market,
    step,
    least(greatest(from_us, released_us), over_us) // 3600000000 as opened_hour,
    case when to_us is not null then least(greatest(from_us, released_us, to_us), over_us) end // 3600000000
      as closed_hour,
    greatest(from_us, released_us) as opened_us,
    to_us as closed_us,
    done,
    provider,
    node_id as node,
    case when step in ('send', 'freight') then carrier else 'none' end as carrier,
    case when step = 'freight' then lane else 'none' end as lane,
    case when step in ('refuse', 'short') then sku_class else 'none' end as sku_class
  from steps
  where is_there
)

select * from final
