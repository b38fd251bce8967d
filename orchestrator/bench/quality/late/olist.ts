// Olist's orders as work on its way, read from its public CSV files. It says nothing of how good a model is.

import { join } from 'node:path'
import { quoteText } from '#data/kernel'
import { openWarehouse } from '#data/warehouse'
import type { Passage } from '#models'

const limits = { memoryMb: 1000, threads: 2 }

/**
 * Orders with a seller, by the time of purchase: a seller is a node, its state and the customer's make the lane. A
 * promise ends with its day; an order that never came has none, as nobody knows whether it was late.
 * @param folder with the files as Olist publishes them
 * @throws WAREHOUSE_QUERY where a file is missing or is not what it should be
 */
export async function readOlist(folder: string): Promise<Passage[]> {
  const warehouse = await openWarehouse(':memory:', limits)
  try {
    const rows = await warehouse.all(sql(folder))
    return rows as unknown as Passage[]
  } finally {
    await warehouse.close()
  }
}

function sql(folder: string): string {
  const file = (name: string, zip?: string) => {
    const path = quoteText(join(folder, `olist_${name}_dataset.csv`))
    return zip === undefined ? `read_csv(${path})` : `read_csv(${path}, types = { '${zip}': 'VARCHAR' })`
  }
  return `
    WITH places AS (
      SELECT geolocation_zip_code_prefix AS zip, radians(avg(geolocation_lat)) AS lat,
        radians(avg(geolocation_lng)) AS lng
      FROM ${file('geolocation', 'geolocation_zip_code_prefix')} GROUP BY zip
    ),
    goods AS (
      SELECT order_id, arg_min(items.seller_id, order_item_id) AS seller_id,
        arg_min(product_category_name, order_item_id) AS category, sum(price)::DOUBLE AS price,
        sum(freight_value)::DOUBLE AS freight, count(*)::DOUBLE AS units,
        count(DISTINCT items.product_id)::DOUBLE AS lines, sum(product_weight_g)::DOUBLE AS weight,
        sum(product_length_cm * product_height_cm * product_width_cm)::DOUBLE AS volume
      FROM ${file('order_items')} AS items LEFT JOIN ${file('products')} AS products
        USING (product_id)
      GROUP BY order_id
    )
    SELECT orders.order_id AS "orderId", '1' AS "workId", goods.seller_id AS node, NULL AS carrier,
      seller_state AS origin, customer_state AS region, 'delivery' AS method, category AS "skuClass",
      epoch_ms(order_purchase_timestamp)::DOUBLE AS "releasedAt",
      epoch_ms(order_delivered_carrier_date)::DOUBLE AS "shippedAt",
      epoch_ms(order_delivered_customer_date)::DOUBLE AS "deliveredAt", NULL AS "endedAt",
      CASE WHEN order_delivered_customer_date IS NOT NULL
        THEN epoch_ms(order_estimated_delivery_date + INTERVAL 1 DAY)::DOUBLE - 1 END AS "promisedAt",
      lines, units, price AS value, freight, weight AS "weightG", volume AS "volumeCm3",
      12742 * asin(sqrt(pow(sin((origins.lat - ends.lat) / 2), 2)
        + cos(origins.lat) * cos(ends.lat) * pow(sin((origins.lng - ends.lng) / 2), 2))) AS "distanceKm"
    FROM ${file('orders')} AS orders
    INNER JOIN goods ON goods.order_id = orders.order_id
    INNER JOIN ${file('sellers', 'seller_zip_code_prefix')} AS sellers ON sellers.seller_id = goods.seller_id
    INNER JOIN ${file('customers', 'customer_zip_code_prefix')} AS customers
      ON customers.customer_id = orders.customer_id
    LEFT JOIN places AS origins ON origins.zip = sellers.seller_zip_code_prefix
    LEFT JOIN places AS ends ON ends.zip = customers.customer_zip_code_prefix
    ORDER BY order_purchase_timestamp, orders.order_id`
}
