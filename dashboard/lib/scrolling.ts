// Boxes that scroll sideways when room is short: those that do can be reached and moved by keys. It changes no content.

/**
 * Attachment: while its content is wider than the element, the element is a stop for the keyboard with a name.
 * @param label what is in it
 */
export function scrolling(label: string) {
  return (element: HTMLElement) => {
    const look = () => {
      const isWide = element.scrollWidth > element.clientWidth + 1
      if (isWide === element.hasAttribute('tabindex')) return
      if (isWide) {
        element.tabIndex = 0
        element.setAttribute('role', 'group')
        element.setAttribute('aria-label', label)
      } else for (const name of ['tabindex', 'role', 'aria-label']) element.removeAttribute(name)
    }
    const sizes = new ResizeObserver(look)
    sizes.observe(element)
    for (const child of element.children) sizes.observe(child)
    return () => sizes.disconnect()
  }
}
