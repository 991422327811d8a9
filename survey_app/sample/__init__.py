"""The sample network: invented people and answers, made by the product's own rules from one seed."""
